"""Catalogues of tools as real servers offer them, and what people ask for, for the tests of decide.

A tool is one line: its name, its parameters in brackets, and its description. A parameter is a name
with an optional type; `?` makes it optional, and `a|b` is an enum.
"""

from typing import Any, Final

TYPES: Final = {"int": "integer", "num": "number", "bool": "boolean", "list": "array"}


def tools(lines: str) -> list[dict[str, Any]]:
    """Return the tools that lines describe."""
    return [_tool(line.strip()) for line in lines.strip().splitlines()]


def _tool(line: str) -> dict[str, Any]:
    name, _, rest = line.partition("(")
    written, _, description = rest.partition(")")
    properties: dict[str, Any] = {}
    required = []
    for one in filter(None, (part.strip() for part in written.split(","))):
        key, _, kind = one.partition(":")
        if not key.endswith("?"):
            required.append(key)
        properties[key.removesuffix("?")] = _schema(kind)
    parameters = {"type": "object", "properties": properties, "required": required}
    function = {"name": name, "description": description.strip(" :"), "parameters": parameters}
    return {"type": "function", "function": function}


def _schema(kind: str) -> dict[str, Any]:
    if "|" in kind:
        return {"type": "string", "enum": kind.split("|")}
    schema: dict[str, Any] = {"type": TYPES.get(kind, "string")}
    if kind == "list":
        schema["items"] = {"type": "string"}
    return schema


CODE_HOST: Final = """
create_repository(name, description?, private?:bool): Create a new repository in your account
fork_repository(owner, repo): Fork a repository to your account
delete_repository(owner, repo): Delete a repository for good
search_repositories(query): Search for repositories
get_repository(owner, repo): Get the details of a repository
list_branches(owner, repo): List the branches of a repository
create_branch(owner, repo, branch, from_branch?): Create a new branch in a repository
delete_branch(owner, repo, branch): Delete a branch
get_file_contents(owner, repo, path, ref?): Get the contents of a file or directory in a repository
create_or_update_file(owner, repo, path, content, message): Create a file in a repository, or update it
delete_file(owner, repo, path): Delete a file from a repository
push_files(owner, repo, branch, files:list): Push several files in a single commit
list_commits(owner, repo, sha?): List the commits of a branch
get_commit(owner, repo, sha): Get the details of a commit
compare_commits(owner, repo, base, head): Compare two commits
create_issue(owner, repo, title, body?): Open a new issue
get_issue(owner, repo, issue_number:int): Get the details of an issue
list_issues(owner, repo, state?:open|closed|all): List the issues of a repository
update_issue(owner, repo, issue_number:int, title?, body?, state?:open|closed): Update an issue, or close it
add_issue_comment(owner, repo, issue_number:int, body): Add a comment to an issue
list_issue_comments(owner, repo, issue_number:int): List the comments of an issue
search_issues(query): Search for issues and pull requests
assign_issue(owner, repo, issue_number:int, assignee): Assign an issue to somebody
add_labels(owner, repo, issue_number:int, labels:list): Add labels to an issue
remove_label(owner, repo, issue_number:int, label): Remove a label from an issue
create_pull_request(owner, repo, title, head, base): Open a new pull request
get_pull_request(owner, repo, pull_number:int): Get the details of a pull request
list_pull_requests(owner, repo, state?:open|closed|all): List the pull requests of a repository
merge_pull_request(owner, repo, pull_number:int): Merge a pull request
get_pull_request_files(owner, repo, pull_number:int): List the files that a pull request changes
get_pull_request_status(owner, repo, pull_number:int): Get the state of all checks of a pull request
create_pull_request_review(owner, repo, pull_number:int, event:APPROVE|REQUEST_CHANGES|COMMENT): Review a pull request
request_reviewers(owner, repo, pull_number:int, reviewers:list): Ask people to review a pull request
list_releases(owner, repo): List the releases of a repository
create_release(owner, repo, tag): Publish a new release
list_workflow_runs(owner, repo): List the runs of the workflows
rerun_workflow(owner, repo, run_id:int): Run a workflow again
cancel_workflow_run(owner, repo, run_id:int): Cancel a run of a workflow
search_code(query): Search the code of all repositories
search_users(query): Search for users
star_repository(owner, repo): Star a repository
get_me(): Get the details of the user who is signed in
list_notifications(): List your notifications
mark_notification_read(thread_id): Mark a notification as read
"""
BROWSER: Final = """
browser_navigate(url): Navigate to a URL
browser_navigate_back(): Go back to the previous page
browser_navigate_forward(): Go forward to the next page
browser_click(element, ref?): Click an element of the page
browser_type(text, element?, submit?:bool): Type text into an editable element
browser_press_key(key): Press a key on the keyboard
browser_hover(element): Move the mouse over an element
browser_select_option(element, values:list): Select an option in a dropdown
browser_scroll(direction:up|down): Scroll the page
browser_take_screenshot(filename?): Take a screenshot of the current page
browser_snapshot(): Capture the accessibility tree of the current page
browser_tab_list(): List the open tabs
browser_tab_new(url?): Open a new tab
browser_tab_close(index?:int): Close a tab
browser_wait_for(time?:int, text?): Wait for a text to appear, or for a number of seconds
browser_file_upload(paths:list): Upload one or more files
browser_handle_dialog(accept:bool): Accept or dismiss a dialog
browser_console_messages(): Return all messages of the console
browser_network_requests(): Return all network requests since the page was loaded
browser_resize(width:int, height:int): Resize the window of the browser
browser_pdf_save(filename?): Save the page as PDF
"""
CHAT: Final = """
send_message(channel, text): Send a message to a channel
send_direct_message(user, text): Send a private message to a person
reply_to_thread(channel, thread_id, text): Reply in a thread
add_reaction(channel, message_id, emoji): React to a message with an emoji
get_channel_history(channel, limit?:int): Get the latest messages of a channel
list_channels(): List all channels of the workspace
create_channel(name, private?:bool): Create a new channel
archive_channel(channel): Archive a channel
invite_to_channel(channel, user): Invite a person to a channel
list_users(): List the people of the workspace
get_user_profile(user): Get the profile of a person
set_status(text, emoji?): Set your own status
search_messages(query): Search the messages of all channels
pin_message(channel, message_id): Pin a message to a channel
schedule_message(channel, text, send_at): Send a message to a channel later
"""
PAYMENTS: Final = """
create_customer(name, email): Create a customer
list_customers(email?): List customers
create_invoice(customer, days_until_due?:int): Create an invoice for a customer
list_invoices(customer?): List the invoices of a customer
finalize_invoice(invoice): Finalize a draft invoice so that it can be paid
create_payment_link(price, quantity:int): Create a link for customers to pay
charge_customer(customer, amount:int): Charge a customer an amount in cents
create_refund(payment_intent, amount?:int): Refund a payment
retrieve_balance(): Get the balance of your account
create_product(name): Create a product
list_products(): List all products
create_price(product, unit_amount:int, currency): Create a price for a product
list_subscriptions(customer?): List the subscriptions of customers
cancel_subscription(subscription): Cancel a subscription
update_subscription(subscription, quantity?:int): Change a subscription
list_disputes(): List the disputes
create_coupon(name, percent_off:num): Create a coupon with a discount
"""
SMART_HOME: Final = """
turn_on_light(room): Turn on the light in a room
turn_off_light(room): Turn off the light in a room
set_brightness(room, percent:int): Dim the lights of a room, or brighten them
set_thermostat(temperature:num): Set the temperature of the heating
get_temperature(room): Get the current temperature of a room
lock_door(door): Lock a door
unlock_door(door): Unlock a door
open_blinds(room): Open the blinds of a room
close_blinds(room): Close the blinds of a room
start_vacuum(room?): Start the robot vacuum cleaner
stop_vacuum(): Send the robot vacuum cleaner back to its dock
arm_alarm(mode?:home|away): Arm the burglar alarm
disarm_alarm(code): Disarm the burglar alarm
play_music(title, room?): Play music on a speaker
pause_music(): Pause the music
set_volume(level:int): Set the volume of the speakers
get_energy_usage(period:day|week|month): Get how much power the house used
"""

REQUESTS: Final[dict[str, tuple[str, tuple[tuple[str, list[str]], ...]]]] = {
    "a code host": (
        CODE_HOST,
        (
            ("open an issue in acme/rockets titled Engine overheats", ["create_issue"]),
            ("What are the open pull requests of acme/rockets?", ["list_pull_requests"]),
            ("merge pull request 88 in acme/rockets", ["merge_pull_request"]),
            ("Show me the file src/main.py of acme/rockets", ["get_file_contents"]),
            ("which branches does acme/rockets have", ["list_branches"]),
            ("Close issue 12 of acme/rockets", ["update_issue"]),
            ("leave a comment on issue 12 in acme/rockets: we are on it", ["add_issue_comment"]),
            (
                "Did the checks of pull request 88 pass in acme/rockets?",
                ["get_pull_request_status"],
            ),
            ("make a branch called fix-pump in acme/rockets", ["create_branch"]),
            ("Fork acme/rockets into my account", ["fork_repository"]),
            ("what were the last commits on acme/rockets", ["list_commits"]),
            ("How tall is Mount Everest?", []),
        ),
    ),
    "a browser": (
        BROWSER,
        (
            ("go to https://example.com/login", ["browser_navigate"]),
            ("Click the Sign in button", ["browser_click"]),
            ("type hello world into the search box", ["browser_type"]),
            ("press Enter", ["browser_press_key"]),
            ("Take a screenshot", ["browser_take_screenshot"]),
            ("go back", ["browser_navigate_back"]),
            ("scroll down", ["browser_scroll"]),
            ("which tabs are open", ["browser_tab_list"]),
            ("Close this tab", ["browser_tab_close"]),
            ("upload /tmp/cv.pdf", ["browser_file_upload"]),
            ("wait for 5 seconds", ["browser_wait_for"]),
            ("thank you so much", []),
        ),
    ),
    "a chat": (
        CHAT,
        (
            ("Post 'the build is green' in #releases", ["send_message"]),
            ("send a private message to Meera: lunch at one?", ["send_direct_message"]),
            ("What did people write in #support lately?", ["get_channel_history"]),
            ("which channels are there", ["list_channels"]),
            ("make a new channel called design-reviews", ["create_channel"]),
            ("invite Tom to #design-reviews", ["invite_to_channel"]),
            ("set my status to out for lunch", ["set_status"]),
            ("search for messages about the outage", ["search_messages"]),
            ("Archive the channel #old-stuff", ["archive_channel"]),
            ("who is in our workspace", ["list_users"]),
            ("what's the weather like", []),
        ),
    ),
    "payments": (
        PAYMENTS,
        (
            ("charge 35 euros to customer cus_91", ["charge_customer"]),
            ("How much is in our account?", ["retrieve_balance"]),
            ("refund payment pi_55", ["create_refund"]),
            ("show the invoices of cus_91", ["list_invoices"]),
            ("cancel subscription sub_7", ["cancel_subscription"]),
            ("Make an invoice for cus_91", ["create_invoice"]),
            ("which products do we sell", ["list_products"]),
            ("are there any disputes", ["list_disputes"]),
            ("create a coupon SPRING with 20 percent off", ["create_coupon"]),
            ("add a customer named Lena Park, lena@park.example", ["create_customer"]),
            ("what subscriptions does cus_91 have", ["list_subscriptions"]),
            ("who painted the Mona Lisa", []),
        ),
    ),
    "a smart home": (
        SMART_HOME,
        (
            ("switch the lights in the kitchen on", ["turn_on_light"]),
            ("turn the bedroom light off please", ["turn_off_light"]),
            ("how warm is it in the nursery", ["get_temperature"]),
            ("set the heating to 21", ["set_thermostat"]),
            ("lock the front door", ["lock_door"]),
            ("please unlock the garage door", ["unlock_door"]),
            ("close the blinds in the office", ["close_blinds"]),
            ("dim the living room to 30 percent", ["set_brightness"]),
            ("how much electricity did we use this month", ["get_energy_usage"]),
            ("put on some jazz in the kitchen", ["play_music"]),
            ("start the vacuum cleaner", ["start_vacuum"]),
            ("who won the match last night", []),
        ),
    ),
}
"""For each catalogue, its tools, and requests with the names of the tools that they need."""
