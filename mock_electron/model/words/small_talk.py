"""Reply to greetings, thanks, farewells and silence."""

from typing import Final

from mock_electron.model.turn import Turn


def silence(turn: Turn) -> str | None:
    """The message contains no word."""
    return None if any(map(str.isalnum, turn.message)) else turn.phrase("silence")


def small_talk(turn: Turn) -> str | None:
    """Greetings, thanks and farewells, if nothing else is said: "Hello there, how are you?"."""
    left = turn.message.lower().strip(SMALL_TALK_ENDS)
    kinds = []
    beginnings_of_all = turn.spoken_language.beginnings
    while left.startswith(beginnings_of_all):
        known = [
            (len(words), kind)
            for kind, beginnings in turn.spoken_language.recognise.items()
            for words in beginnings
            if left.startswith(words) and not left[len(words) :][:1].isalpha()
        ]
        if not known:
            break
        length, kind = max(known)
        kinds.append(kind)
        left = left[length:].strip(SMALL_TALK_ENDS)
    if not kinds or len(left.split()) > MORE_SMALL_TALK or "?" in left:
        return None
    return turn.phrase(kinds[-1])


SMALL_TALK_ENDS: Final = " !.,?¡¿।。！？؟۔،…~-"
MORE_SMALL_TALK: Final = 3
"""Words such as a name or "so much" may follow."""
