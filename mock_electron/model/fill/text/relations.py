"""Words for relations, which are before the names of persons and animals: "my daughter nina"."""

from typing import Final

RELATIVES: Final = frozenset(
    """mother father son daughter wife husband brother sister friend mister client professor beti बेटी बेटा पति पत्नी
    மகன் மகள் கணவர் மனைவி""".split()
)
"""Qualifiers that introduce the name of a person: "my daughter nina"."""
VERBAL: Final = frozenset(
    """ate got hit hits lost left broke fell threw been feels felt looks seems keeps swallowed drank ran came
    cut hurt hurts burnt died keeps likes loves hates goes went caught bit banged twisted slept woke turned
    food bed school car room house birthday appointment booking order account card phone number name""".split()
)
"""Words after "my son" that are no name."""
POSSESSIVES: Final = frozenset(
    """my our his her their your mera mere meri hamara hamare hamari apna apne apni uska uske uski
    मेरा मेरे मेरी हमारा हमारे हमारी अपना अपने अपनी என் எங்க எங்கள்""".split()
)
PEOPLE: Final = frozenset(
    """mum mom mummy dad daddy papa uncle aunt auntie cousin nephew niece grandma grandpa gran nan granny
    grandad grandmother grandfather grandson granddaughter partner fiancé fiance fiancée fiancee boyfriend
    girlfriend husband wife son daughter brother sister boy girl baby child kid toddler twin stepson
    stepdaughter landlord landlady tenant lodger roommate flatmate housemate neighbour neighbor colleague
    coworker boss manager assistant secretary client customer guest friend mate lawyer solicitor accountant
    agent doctor dentist nurse therapist teacher tutor coach trainer stylist barber hairdresser nanny
    mother father bhai bhaiya behen bahan didi dost pati patni maa mummyji papaji chacha chachi mama mami
    nana nani dada dadi beta beti भाई बहन दोस्त पति पत्नी माँ मां पिता पापा मम्मी चाचा चाची मामा मामी नाना नानी दादा
    दादी बेटा बेटी बेटे தம்பி தங்கை அண்ணன் அக்கா அம்மா அப்பா மகன் மகள் நண்பர் மனைவி கணவர்""".split()
)
ANIMALS: Final = frozenset(
    """dog puppy pup cat kitten kitty rabbit bunny hamster horse pony parrot budgie ferret tortoise
    labrador lab poodle terrier spaniel retriever beagle collie bulldog pug husky dachshund cockapoo greyhound""".split()
)
RELATED: Final = PEOPLE | ANIMALS
"""Words between "my" and the name of a person or an animal: "my landlord hans weber"."""
