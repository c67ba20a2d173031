"""Tests of calls that are asked for in Hindi, in Hindi with Latin letters, and in Tamil."""

from typing import Any

from catalogues import tools
from conversations import talk
from rows import each_of

from mock_electron.model.language import ENGLISH, LANGUAGES, detect

CLINIC = """
    schedule_visit(department:dental|eye|bone, date, time) Schedules a visit to the clinic.
    cancel_visit(visit_id) Cancels a visit.
"""
ORDERS = """
    cancel_order(order_id:int) Cancels an order.
    track_order(order_id:int) Shows where an order is.
"""
HOME = "fan(room:bedroom|hall|kitchen, on:bool) Sets a fan."
TRAINS = """
    search_trains(origin, destination, date) Finds trains.
    pnr_status(pnr) Status of a booking.
"""
TABLES = """
    reserve_table(name, people:int) Reserves a table.
    cancel_table(name) Cancels a table.
"""
PRICES = "service_price(service:oil_change|wash|full_check) Price of a car service."
MONEY = """
    transfer_money(to, amount:num) Transfers money.
    check_balance(account:savings|current) Balance of the account.
"""
PARCELS = "hold_parcel(days:int) Holds a parcel."
HELP = """
    open_ticket(customer_id:int, issue:slow|no_connection|billing) Opens a support ticket.
    end_call() Ends the call.
"""
VETS = "book_vet(animal:goat|cow|hen, day:date, time) Books the vet."
SWITCHES = """
    set_tv(on:bool) The television.
    water_heater(on:bool) The geyser.
"""
HALLS = """
    book_hall(day:date) Books the hall.
    hall_price() Price of the hall.
"""
PLANTS = """
    water_garden(zone:lawn|kitchen_garden|terrace, minutes:int) Waters a part of the garden.
    stop_watering() Stops the water.
"""
CINEMA = "movie_times(movie, theatre:Ganga|Apsara|Devika, day:date) Times of a film."
NOTES = "add_reminder(task, day:date, time) Reminds somebody of a task."
ROADS = "find_lorry(origin, destination, day:date) Finds a lorry between two towns."
CROPS = "market_price(crop:aloo|pyaaz|gehun|chana, market) Price of a crop at a market."
COVER = "report_claim(cause:fire|stolen|flood) Reports a claim of insurance."
POWER = "report_fault(fault:no_supply|low_voltage|meter_burnt) Reports a fault of the power."
SICK = "animal_sick(symptom:fever|not_eating|low_milk) Reports that an animal is sick."
FEES = "fee_due(grade:int) Fees that are due for a class."


def _dental(date: str, time: str) -> list[tuple[str, Any]]:
    return [("schedule_visit", {"department": "dental", "date": date, "time": time})]


@each_of(
    [
        # tools by what their English words mean
        ("बुधवार शाम पाँच बजे दाँत दिखाना है", CLINIC, _dental("2025-02-26", "17:00")),
        ("parso subah das baje daant dikhana hai", CLINIC, _dental("2025-02-21", "10:00")),
        (
            "நாளை காலை பத்து மணிக்கு பல் டாக்டரை பார்க்கணும்",
            CLINIC,
            _dental("2025-02-20", "10:00"),
        ),
        ("mera order radd kar do number paanch saat nau", ORDERS, [("cancel_order", {"order_id": 579})]),
        ("मेरा ऑर्डर कहाँ पहुँचा नंबर चार चार सात", ORDERS, [("track_order", {"order_id": 447})]),
        # members of enums and booleans by what they mean
        ("oil badalne ka kitna lagega", PRICES, [("service_price", {"service": "oil_change"})]),
        ("गाड़ी की धुलाई कितने की है", PRICES, [("service_price", {"service": "wash"})]),
        ("hall ka pankha band kar do", HOME, [("fan", {"room": "hall", "on": False})]),
        ("रसोई का पंखा चालू कर दो", HOME, [("fan", {"room": "kitchen", "on": True})]),
        ("बचत खाते में कितने पैसे हैं", MONEY, [("check_balance", {"account": "savings"})]),
        ("hamari gali mein chori ho gayi", COVER, [("report_claim", {"cause": "stolen"})]),
        ("மீட்டர் எரிஞ்சு போச்சு", POWER, [("report_fault", {"fault": "meter_burnt"})]),
        ("सुबह से बत्ती गुल है", POWER, [("report_fault", {"fault": "no_supply"})]),
        ("வோல்டேஜ் ரொம்ப கம்மியா இருக்கு புகார் பதிவு பண்ணுங்க", POWER, [("report_fault", {"fault": "low_voltage"})]),
        ("मेरी भैंस चारा नहीं खा रही", SICK, [("animal_sick", {"symptom": "not_eating"})]),
        # names and places by the words beside them
        ("मेरा नाम राधा नायर है दो लोगों के लिए टेबल", TABLES, [("reserve_table", {"name": "राधा नायर", "people": 2})]),
        ("sunita rao ke naam se teen logon ke liye table book karo", TABLES, [("reserve_table", {"name": "sunita rao", "people": 3})]),
        ("ரமேஷ் பெயரில் நான்கு பேருக்கு டேபிள் புக் பண்ணுங்க", TABLES, [("reserve_table", {"name": "ரமேஷ்", "people": 4})]),
        ("पुणे से नागपुर की ट्रेन कल की", TRAINS, [("search_trains", {"origin": "पुणे", "destination": "नागपुर", "date": "2025-02-20"})]),
        ("pune se nagpur kal ki train dikhao", TRAINS, [("search_trains", {"origin": "pune", "destination": "nagpur", "date": "2025-02-20"})]),
        # members and names in another script
        ("டெரஸ்ல பத்து நிமிஷம் தண்ணி விடுங்க", PLANTS, [("water_garden", {"zone": "terrace", "minutes": 10})]),
        ("लॉन में बीस मिनट पानी चला दो", PLANTS, [("water_garden", {"zone": "lawn", "minutes": 20})]),
        ("அப்சரால நாளைக்கு லியோ படம் எத்தனை மணிக்கு", CINEMA, [("movie_times", {"movie": "லியோ", "theatre": "Apsara", "day": "2025-02-20"})]),
        ("கரூரிலிருந்து நாமக்கல்லுக்கு நாளைக்கு லாரி வேணும்", ROADS, [("find_lorry", {"origin": "கரூர்", "destination": "நாமக்கல்", "day": "2025-02-20"})]),
        ("कोटा मंडी में गेहूँ का दाम बताओ", CROPS, [("market_price", {"crop": "gehun", "market": "कोटा"})]),
        ("எங்க ஆட்டை புதன்கிழமை காலை ஒன்பது மணிக்கு காட்டணும்", VETS, [("book_vet", {"animal": "goat", "day": "2025-02-26", "time": "09:00"})]),
        ("गीज़र बंद कर दो", SWITCHES, [("water_heater", {"on": False})]),
        # a question changes nothing
        ("हॉल कितने का है", HALLS, [("hall_price", {})]),
        # tasks without the command behind them
        ("मुझे कल शाम छह बजे पौधों को पानी देने की याद दिलाना", NOTES, [("add_reminder", {"task": "पौधों को पानी देने", "day": "2025-02-20", "time": "18:00"})]),
        ("நாளைக்கு காலை எட்டு மணிக்கு துணி துவைக்க ஞாபகப்படுத்துங்க", NOTES, [("add_reminder", {"task": "துணி துவைக்க", "day": "2025-02-20", "time": "08:00"})]),
        # numbers
        ("सातवीं कक्षा की फ़ीस कितनी बाकी है", FEES, [("fee_due", {"grade": 7})]),
        ("do hafte ke liye parcel rok do", PARCELS, [("hold_parcel", {"days": 14})]),
    ]
)  # fmt: skip
def test_a_request_in_another_language(
    text: str, lines: str, expected: list[tuple[str, Any]]
) -> None:
    """Tools, enums, booleans and names are found by the words of the language, in both scripts."""
    assert talk(tools(lines), text) == [expected]


@each_of(
    [
        (MONEY, ["अमित को पाँच हज़ार रुपये भेज दो", "नहीं छह हज़ार"], ("transfer_money", {"to": "अमित", "amount": 6000})),
        (MONEY, ["बचत खाते में कितना पैसा है", "और चालू खाते में"], ("check_balance", {"account": "current"})),
        (HELP, ["internet nahi chal raha hai", "nau ek do teen"], ("open_ticket", {"customer_id": 9123, "issue": "no_connection"})),
        (HELP, ["दो दिन से इंटरनेट नहीं चल रहा", "चार पाँच छह सात"], ("open_ticket", {"customer_id": 4567, "issue": "no_connection"})),
        (ROADS, ["கரூரிலிருந்து சேலத்துக்கு நாளைக்கு லாரி", "இல்ல ஈரோட்டுக்கு"], ("find_lorry", {"origin": "கரூர்", "destination": "ஈரோடு", "day": "2025-02-20"})),
        (CROPS, ["कोटा मंडी में आलू का क्या भाव है", "और चने का"], ("market_price", {"crop": "chana", "market": "कोटा"})),
        (HELP, ["namaste", "bas itna hi dhanyavaad"], ("end_call", {})),
    ]
)  # fmt: skip
def test_a_conversation_in_another_language(
    lines: str, said: list[str], expected: tuple[str, Any]
) -> None:
    """What is said later answers, amends, follows or ends, as the words of the language tell."""
    assert talk(tools(lines), *said)[-1] == [expected]


@each_of(
    [
        (TABLES, ["raj ke naam se do logon ki table", "bahut bahut shukriya bhaiya"]),
        (TABLES, ["राज के नाम से दो लोगों की टेबल", "पार्किंग कितने की है"]),
        (CROPS, ["कोटा मंडी में आलू का क्या भाव है", "ठीक है जी राम राम"]),
        (CINEMA, ["அப்சரால நாளைக்கு லியோ படம் எத்தனை மணிக்கு", "ரொம்ப நன்றிங்க சார்"]),
        (ROADS, ["கரூரிலிருந்து சேலத்துக்கு நாளைக்கு லாரி", "டிரைவர் நல்லா ஓட்டுவாரா"]),
    ]
)
def test_thanks_and_questions_are_no_values(lines: str, said: list[str]) -> None:
    """Whoever thanks, says goodbye or asks something else after a call gets words."""
    assert talk(tools(lines), *said)[-1] == "speaks"


def test_hindi_in_latin_letters_is_not_italian() -> None:
    """ "Hai" and "lo" are Italian words too, but other words beside them are not."""
    assert detect("dolo kitne ki hai") is ENGLISH
    assert detect("wifi slow chal raha hai likh lo") is ENGLISH
    assert detect("Hai un momento?") is LANGUAGES["it"]
