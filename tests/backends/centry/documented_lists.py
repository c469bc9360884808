"""Examples of Centry's page: categories to communes (lines 2230 to 2880), reasons and rates (4245 to 4451)."""

from tests.backends.centry.documented import Example_, Held, Lines, example, slash


def _listed(operation: int, kind: str, request: int, reply: Lines) -> Example_:
    """A list of all that there is of a kind."""
    name = "list-" + kind.rpartition("/")[2].replace("_", "-")
    return example(operation, name, (request, request + 1), reply, slips=(slash(request),), holds=(Held(kind),))


def _read(operation: int, kind: str, one: str, request: int, reply: Lines, identifier: str) -> Example_:
    """One of a kind, whose id the reply shows."""
    word, name = f"<{one}_id>", "read-" + one.replace("_", "-")
    return example(
        operation, name, (request, request + 1), reply,
        slips=(slash(request),), known={word: identifier}, holds=(Held(kind),),
    )  # fmt: skip


def _own(operation: int, name: str, request: int, reply: Lines) -> Example_:
    """What is Centry's own and the same for every account: the simulated one has it from the page."""
    return example(operation, name, (request, request + 1), reply, slips=(slash(request),))


EXAMPLES = [
    _listed(39, "categories", 2244, (2249, 2262)),
    _read(40, "categories", "category", 2284, (2289, 2294), "5769714df82f456e809381a5"),
    _listed(41, "brands", 2320, (2325, 2339)),
    _read(42, "brands", "brand", 2361, (2366, 2371), "58124d68fd246926928fed3c"),
    _listed(43, "colors", 2397, (2402, 2415)),
    _read(44, "colors", "color", 2430, (2435, 2440), "588a28c40fb756a249fd0c78"),
    _listed(45, "sizes", 2466, (2471, 2484)),
    _read(46, "sizes", "size", 2499, (2504, 2509), "5851b0c2b2c85e8282262a3f"),
    _listed(47, "locations/countries", 2537, (2542, 2551)),
    _read(48, "locations/countries", "country", 2575, (2580, 2587), "5769714df82f456e80000000"),
    _listed(49, "locations/regions", 2615, (2620, 2645)),
    _read(50, "locations/regions", "region", 2669, (2674, 2681), "5769714df82f456e80000001"),
    _listed(51, "locations/cities", 2708, (2713, 2742)),
    # The page shows a region in the place of a city, and of a commune.
    _read(52, "locations/cities", "city", 2765, (2770, 2777), "5769714df82f456e80000001"),
    _listed(53, "locations/communes", 2804, (2809, 2834)),
    _read(54, "locations/communes", "commune", 2857, (2862, 2869), "5769714df82f456e80000001"),
    _own(70, "list-confirmation-reasons", 4258, (4263, 4289)),
    _own(71, "read-confirmation-reason", 4300, (4305, 4309)),
    _own(72, "list-buyer-rates", 4334, (4339, 4350)),
    _own(73, "read-buyer-rate", 4361, (4366, 4370)),
    _own(74, "list-cancellation-reasons", 4395, (4400, 4419)),
    _own(75, "read-cancellation-reason", 4430, (4435, 4440)),
]
