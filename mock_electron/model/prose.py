"""English sentences that take up what was asked. Words are data here; the rules are few.

A kind of message is recognised by a pattern; the kind has openings, each completed by a point and
a closing. The dice choose one of all combinations, so there are thousands of replies to one
question, and another question has another subject.
"""

import re
from dataclasses import dataclass
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
    "Thanks for telling me about {subject}; {point}.",
    "I see what you mean about {subject}; {point}.",
    "Understood. With {subject}, {point}.",
    "I have noted {subject}; {point}.",
    "That is good to know about {subject}; {point}.",
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
BRIEF: Final = re.compile(r"\b(one|a single|1)[- ](short |fun )*sentence\b|\bbrief(ly)?\b|\bin short\b", re.I)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: how it is recognised, and how it is answered.

    pattern: matched at the start of the message. What follows the match is the subject.
    phrases: whole replies, or openings with `{subject}` and `{point}`.
    """

    name: str
    pattern: re.Pattern[str]
    phrases: Phrases


def _kind(name: str, pattern: str, phrases: Phrases) -> Kind:
    return Kind(name, re.compile(pattern, re.IGNORECASE), phrases)


# The first that matches; the order is from the narrow to the broad.
KINDS: Final = (
    _kind("silence", r"\W*$", SILENCE),
    _kind("greeting", r"\W*(hi|hello|hey|good (morning|afternoon|evening)|namaste)( there| all)?\W*$", GREETINGS),
    _kind("thanks", r"\W*(thanks|thank you|cheers)\b[^?]{0,30}$", THANKS),
    _kind("farewell", r"\W*(bye|goodbye|see you|good night)\b[^?]{0,20}$", FAREWELLS),
    _kind("request", r"\W*(?:(?:please|now|can you|could you|would you|will you)[ ,]+)*"
          r"(?:tell|write|give|show|explain|describe|list|summari[sz]e|compose|draft|help|make|say|name|"
          r"describe|discuss|share|create|find|suggest|recommend)\b(?: (?:me|us|please))*", REQUEST_OPENINGS),
    _kind("question", r"\W*what(?:'s| is| are| was| were)\b", QUESTION_OPENINGS),
    _kind("question", r"\W*(?=(?:why|how|when|where|who|which|what|whose)\b)", QUESTION_OPENINGS),
    _kind("question", r"\W*(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have|may|am)\b(?=.*\?)", QUESTION_OPENINGS),
    _kind("statement", r"", STATEMENT_OPENINGS),
)  # fmt: skip

TOPIC: Final = re.compile(r"\b(?:about|on the subject of|regarding|concerning)\s+(?P<topic>\S.*)", re.I | re.S)
FIRST_SENTENCE: Final = re.compile(r"(.*?\S)(?:[.!?。！？।]+(?:\s|$)|$)", re.S)
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
    combinations = [kind.phrases]
    if "{subject}" in kind.phrases[0]:
        combinations += [POINTS, ("",) if BRIEF.search(message) else CLOSINGS]
    phrase, *rest = _combination(combinations, dice)
    point, closing = rest or ("", "")
    return phrase.replace("{point}", point).replace("{subject}", subject) + closing


def recognise(message: str) -> tuple[Kind, str]:
    """The kind of a message, and its subject as the reply takes it up.

    >>> recognise("Why is my phone slow?")[1]
    'why is your phone slow'
    """
    for kind in KINDS:
        match = kind.pattern.match(message)
        if match is not None:
            return kind, _subject(message[match.end() :].strip() or message.strip())
    raise AssertionError("the last kind matches everything")


def _subject(text: str) -> str:
    topic = TOPIC.search(text)
    text = topic["topic"] if topic else text
    sentence = FIRST_SENTENCE.match(text)
    text = sentence[1] if sentence else text
    text = " ".join(text.split())[:LONGEST_SUBJECT].strip(" .,:;!?\"'“”")
    text = PERSON.sub(lambda word: OTHER_PERSON[word[0].lower()], text)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text or "that"


def _combination(choices: list[Phrases], dice: Dice) -> list[str]:
    """One phrase of each; the dice are rolled once, over all combinations."""
    total = 1
    for phrases in choices:
        total *= len(phrases)
    variant = dice.variant("words", total)
    chosen = []
    for phrases in choices:
        variant, place = divmod(variant, len(phrases))
        chosen.append(phrases[place])
    return chosen
