"""English sentences that take up what was asked. Words are data here; the rules are few.

A kind of message is recognised by a pattern; the kind has openings, each completed by a point and
a closing. The dice choose one of all combinations, so there are thousands of replies to one
question, and another question has another subject.
"""

import re
from dataclasses import dataclass
from math import prod
from typing import Final

from mock_electron.model.dice import Dice

Phrases = tuple[str, ...]

GREETINGS: Final = (
    "Hi! How can I help you today?",
    "Hello! What can I do for you?",
    "Hi there! What would you like to know?",
    "Hello! How may I help you?",
    "Hey! What can I help you with?",
    "Good to hear from you! How can I help?",
    "Hi! What is on your mind today?",
)
THANKS: Final = (
    "You're welcome! Is there anything else I can do for you?",
    "My pleasure! Let me know if you need anything else.",
    "Glad I could help! What else would you like to know?",
    "Any time! I am here if something else comes up.",
    "Happy to help! Just ask if there is more.",
)
FAREWELLS: Final = (
    "Goodbye! Have a great day.",
    "Take care! I am here whenever you need me.",
    "Bye! It was good talking to you.",
    "See you soon! Have a nice day.",
    "Goodbye, and thank you for calling!",
)
SILENCE: Final = (
    "I am here. What would you like to talk about?",
    "I did not catch that. Could you say it again?",
    "How can I help you today?",
)

QUESTION_OPENINGS: Final = (
    "When it comes to {subject}, {point}.",
    "The main thing to know about {subject} is that {point}.",
    "The short answer about {subject} is that {point}.",
    "As for {subject}, {point}.",
    "On the question of {subject}, {point}.",
    "What matters most about {subject} is that {point}.",
    "With {subject}, {point}.",
    "If you look closely at {subject}, {point}.",
    "In the case of {subject}, {point}.",
    "Speaking of {subject}, {point}.",
    "Most people who ask about {subject} find that {point}.",
    "To be clear about {subject}, {point}.",
)
REQUEST_OPENINGS: Final = (
    "Here is a thought about {subject}: {point}.",
    "Here is one thing about {subject}: {point}.",
    "About {subject} I would say this: {point}.",
    "Sure! When you think of {subject}, {point}.",
    "Gladly. The nice thing about {subject} is that {point}.",
    "Of course. With {subject}, {point}.",
    "Here you go. As for {subject}, {point}.",
    "Certainly. What stands out about {subject} is that {point}.",
)
STATEMENT_OPENINGS: Final = (
    "I see what you mean by {subject}; {point}.",
    "Thank you for saying {subject}; {point}.",
    "Understood. With {subject} in mind, {point}.",
    "I have noted {subject}; {point}.",
    "On {subject} I would only add that {point}.",
    "I hear you when you say {subject}; {point}.",
)
POINTS: Final = (
    "a few simple causes work together",
    "the details depend on what you already know",
    "it pays to start with the basics",
    "one clear example explains more than many words",
    "the simple explanation is usually the right one",
    "small differences add up to a large effect",
    "the answer becomes clear step by step",
    "experience counts for more than theory",
    "the whole picture is easier to see than its parts",
    "there is more than one good way to look at it",
    "what seems surprising at first follows a plain rule",
    "a little patience goes a long way",
    "the common case is the one that matters",
    "timing makes the biggest difference",
    "everything rests on one basic idea",
    "it helps to compare it with something familiar",
    "the facts are simpler than they sound",
    "it is best to take one step at a time",
    "a short look at the background helps",
)
CLOSINGS: Final = (
    "",
    " Let me know if you would like more detail.",
    " I can go into more depth if you like.",
    " Would you like an example?",
    " Tell me which part interests you most.",
    " That should get you started.",
    " Ask me again if anything is unclear.",
)
BRIEF: Final = re.compile(
    r"\b(?:one|a single|1)[- ]\S*\s*sentence|\bbrief|\bin short\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: how it is recognised, and how it is answered.

    pattern: matched at the start of the message; what follows the match is the subject.
    phrases: whole replies, or openings with `{subject}` and `{point}`.
    quoted: the subject is the whole message in quotation marks, as it would not fit otherwise.
    """

    pattern: re.Pattern[str]
    phrases: Phrases
    quoted: bool = False


def _kind(pattern: str, phrases: Phrases, *, quoted: bool = False) -> Kind:
    return Kind(re.compile(rf"\W*{pattern}", re.IGNORECASE), phrases, quoted)


POLITE: Final = r"(?:(?:please|now|can you|could you|would you|will you)[ ,]+)*"
VERBS: Final = (
    r"(?:tell|write|give|show|explain|describe|list|summari[sz]e|compose|draft|help|make|say|name"
    r"|discuss|share|create|find|suggest|recommend)\b(?: (?:me|us|please))*"
)
DAYTIME: Final = r"good (?:morning|afternoon|evening)"

# The first that matches; from the narrow to the broad.
KINDS: Final = (
    _kind(r"$", SILENCE),
    _kind(rf"(?:hi|hello|hey|{DAYTIME}|namaste)(?: there| all)?\W*$", GREETINGS),
    _kind(r"(?:thanks|thank you|cheers)\b[^?]{0,30}$", THANKS),
    _kind(r"(?:bye|goodbye|see you|good night)\b[^?]{0,20}$", FAREWELLS),
    _kind(rf"{POLITE}{VERBS}", REQUEST_OPENINGS),
    _kind(r"what(?:'s| is| are| was| were)\b(?! (?:you|i|we|they|he|she|it)\b)", QUESTION_OPENINGS),
    _kind(r"(?=[^.!]*[?？])", QUESTION_OPENINGS, quoted=True),
    _kind(r"", STATEMENT_OPENINGS, quoted=True),
)

TOPIC: Final = re.compile(
    r"\b(?:about|on the subject of|regarding|concerning)\s+(?P<topic>\S.*)", re.I | re.S
)
FIRST_SENTENCE: Final = re.compile(r"(.*?\S)(?:[.!?。！？।]+(?:\s|$)|$)", re.DOTALL)
OTHER_PERSON: Final = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you are",
    "you": "me", "your": "my", "yours": "mine", "am": "are",
}  # fmt: skip
PERSON: Final = re.compile(r"\b(?:i'm|i|me|my|mine|myself|your|yours|you|am)\b", re.IGNORECASE)
LONGEST_SUBJECT: Final = 160
"""Characters of the message that a reply takes up at most."""


def answer(message: str, dice: Dice) -> str:
    """A reply of one or two sentences to a message of the user's."""
    kind, subject = recognise(message)
    if kind.quoted:
        subject = f'"{subject}"'
    combinations = [kind.phrases]
    if "{subject}" in kind.phrases[0]:
        combinations += [POINTS, ("",) if BRIEF.search(message) else CLOSINGS]
    phrase, *rest = _combination(combinations, dice)
    point, closing = rest or ("", "")
    return phrase.replace("{point}", point).replace("{subject}", subject) + closing


def recognise(message: str) -> tuple[Kind, str]:
    """The kind of a message, and its subject as the reply takes it up.

    >>> recognise("Tell me about my phone.")[1]
    'your phone'
    >>> recognise("Why is my phone slow?")[1]
    'Why is my phone slow'
    """
    kind, match = next((kind, match) for kind in KINDS if (match := kind.pattern.match(message)))
    if kind.quoted:
        return kind, _first_sentence(message)
    return kind, _subject(message[match.end() :])


def _first_sentence(text: str) -> str:
    sentence = FIRST_SENTENCE.match(text.strip())
    words = " ".join((sentence[1] if sentence else text).split())
    return words[:LONGEST_SUBJECT].strip(" .,:;!?\"'“”")


def _subject(text: str) -> str:
    topic = TOPIC.search(text)
    words = _first_sentence(topic["topic"] if topic else text) or "that"
    words = PERSON.sub(lambda word: OTHER_PERSON[word[0].lower()], words)
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def _combination(choices: list[Phrases], dice: Dice) -> list[str]:
    """One phrase of each; the dice are rolled once, over all combinations."""
    variant = dice.variant("words", prod(map(len, choices)))
    chosen = []
    for phrases in choices:
        variant, place = divmod(variant, len(phrases))
        chosen.append(phrases[place])
    return chosen
