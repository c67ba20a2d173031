"""The regions of large cities, for parameters that want "City, State" or "City, Country".

A row of CITIES is a region, and its cities. To add a city, add it to its row.
"""

from collections.abc import Mapping
from typing import Final

CITIES: Final[Mapping[str, str]] = {
    "AZ": "Phoenix|Tucson|Mesa|Scottsdale", "CA": """Los Angeles|San Diego|San Jose|San Francisco|Fresno
        |Sacramento|Long Beach|Oakland|Anaheim|Berkeley|Palo Alto|Santa Clara|Mountain View|Santa Monica
        |Santa Barbara|Irvine|Pasadena|Sunnyvale|Cupertino""",
    "CO": "Denver|Boulder|Aurora|Colorado Springs", "DC": "Washington", "FL": "Miami|Orlando|Tampa|Jacksonville",
    "GA": "Atlanta|Savannah", "HI": "Honolulu", "IL": "Chicago|Springfield", "IN": "Indianapolis",
    "KY": "Louisville", "LA": "New Orleans", "MA": "Boston|Cambridge", "MD": "Baltimore",
    "MI": "Detroit|Ann Arbor", "MN": "Minneapolis", "MO": "St. Louis|Kansas City",
    "NC": "Charlotte|Raleigh|Durham", "NE": "Omaha", "NJ": "Newark|Jersey City", "NM": "Albuquerque|Santa Fe",
    "NV": "Las Vegas|Reno", "NY": "New York|New York City|Brooklyn|Manhattan|Buffalo|Queens",
    "OH": "Columbus|Cleveland|Cincinnati", "OK": "Oklahoma City|Tulsa", "OR": "Portland|Eugene",
    "PA": "Philadelphia|Pittsburgh", "TN": "Nashville|Memphis",
    "TX": "Houston|San Antonio|Dallas|Austin|Fort Worth|El Paso|Arlington", "UT": "Salt Lake City",
    "VA": "Richmond|Virginia Beach|Alexandria", "WA": "Seattle|Spokane|Tacoma|Bellevue", "WI": "Milwaukee|Madison",
    "Argentina": "Buenos Aires", "Australia": "Sydney|Melbourne|Brisbane|Perth|Adelaide|Canberra",
    "Austria": "Vienna|Salzburg", "Belgium": "Brussels|Antwerp", "Brazil": "Rio de Janeiro|Brasilia|Salvador",
    "Canada": "Toronto|Montreal|Vancouver|Ottawa|Calgary", "Chile": "Santiago",
    "China": "Beijing|Shanghai|Shenzhen|Guangzhou|Chengdu", "Colombia": "Bogota|Medellin", "Cuba": "Havana",
    "Czech Republic": "Prague", "Denmark": "Copenhagen", "Egypt": "Cairo|Alexandria", "Finland": "Helsinki",
    "France": "Paris|Lyon|Marseille|Nice|Bordeaux|Toulouse",
    "Germany": "Berlin|Munich|Hamburg|Frankfurt|Cologne|Stuttgart", "Greece": "Athens", "Hungary": "Budapest",
    "India": """Mumbai|Delhi|New Delhi|Bangalore|Bengaluru|Hyderabad|Chennai|Kolkata|Pune|Ahmedabad|Jaipur
        |Lucknow|Noida|Gurgaon|Kochi|Goa|Indore|Nagpur|Surat|Nashik""",
    "Indonesia": "Jakarta|Bali", "Iran": "Tehran", "Iraq": "Baghdad", "Ireland": "Dublin|Cork|Galway|Limerick",
    "Israel": "Tel Aviv|Jerusalem|Haifa", "Italy": "Rome|Milan|Venice|Florence|Naples|Turin",
    "Japan": "Tokyo|Osaka|Kyoto|Yokohama|Nagoya|Sapporo", "Kenya": "Nairobi", "Latvia": "Riga",
    "Malaysia": "Kuala Lumpur", "Mexico": "Mexico City|Cancun|Guadalajara", "Morocco": "Casablanca|Marrakesh",
    "Nepal": "Kathmandu", "Netherlands": "Amsterdam|Rotterdam|The Hague|Utrecht", "New Zealand": "Auckland|Wellington",
    "Nigeria": "Lagos|Abuja", "Norway": "Oslo|Bergen", "Pakistan": "Karachi|Lahore|Islamabad", "Peru": "Lima",
    "Philippines": "Manila", "Poland": "Warsaw|Krakow", "Portugal": "Lisbon|Porto", "Qatar": "Doha",
    "Romania": "Bucharest", "Russia": "Moscow|Saint Petersburg", "Saudi Arabia": "Riyadh|Jeddah|Mecca",
    "Singapore": "Singapore", "South Africa": "Cape Town|Johannesburg|Durban", "South Korea": "Seoul|Busan",
    "Spain": "Madrid|Barcelona|Seville|Valencia", "Sri Lanka": "Colombo", "Sweden": "Stockholm|Gothenburg",
    "Switzerland": "Zurich|Geneva|Basel|Bern", "Taiwan": "Taipei", "Thailand": "Bangkok|Phuket|Chiang Mai",
    "Turkey": "Istanbul|Ankara", "UAE": "Dubai|Abu Dhabi", "UK": "London|Manchester|Birmingham|Edinburgh|Glasgow|Liverpool|Oxford|Bristol|Leeds",
    "Ukraine": "Kyiv", "Vietnam": "Hanoi|Ho Chi Minh City|Da Nang",
}  # fmt: skip
"""A state of the USA or a country → its large cities."""
REGION_OF: Final[Mapping[str, str]] = {
    city.strip().lower(): region for region, cities in CITIES.items() for city in cities.split("|")
}


def with_region(name: str) -> str:
    """Return a city with its state or country, if it is a large one.

    >>> with_region("Boston"), with_region("Nowhere")
    ('Boston, MA', 'Nowhere')
    """
    region = REGION_OF.get(name.lower())
    if region is None:
        return name
    return f"{name.title() if name.islower() else name}, {region}"
