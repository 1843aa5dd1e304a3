"""Mixes the load: what comes next, how much at once, and what is sent again (fault 13)."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable

from portal_contracts.claims.commands import SubmitProfessionalClaim
from tests.chaos.driver import Driver
from tests.chaos.orders import REUSED, Copy, Order
from tests.chaos.poison import Poisoner
from tests.chaos.work import claims, desk, documents, questions, strangers
from tests.chaos.work.office import Office

BURST = 40
CATCH_UP = 400
"""Most that is made up for after a time in which nothing could be sent."""
WINDOW = 2500
"""Most unanswered commands in all."""
OWN_WINDOW = 1200
"""And of one service: the others go on while it is away."""
TWICE, OTHER_BODY, POISON = 0.10, 0.004, 0.004
OPENED = 25
"""Documents that are opened when all of them are out."""
TICK = 0.02
Make = Callable[[], Order | None]


class Mixer:
    """Runs until told to stop."""

    def __init__(self, driver: Driver, office: Office, rate: float, poison: bool) -> None:
        self._driver = driver
        self._office = office
        self._rate = rate
        self._poison = Poisoner(driver, office, office.random) if poison else None
        self.uploads = documents.Uploads(self.post, lambda name: driver.log.fact(clean=name))
        self._recent: deque[Copy] = deque(maxlen=3000)
        self._stopped = asyncio.Event()
        self.made: Counter[str] = Counter()
        self._kinds: tuple[tuple[float, str, Make], ...] = (
            (0.730, "claims", lambda: claims.submit(office)),
            (0.055, "claims", lambda: claims.correct(office)),
            (0.020, "documents", lambda: documents.upload(office, self.uploads)),
            (0.015, "documents", lambda: documents.look(office)),
            (0.020, "eligibility", lambda: desk.other_insurance(office)),
            (0.030, "eligibility", lambda: desk.enroll_again(office)),
            (0.045, "auth", lambda: desk.authorization(office)),
            (0.020, "appeals", lambda: desk.dispute(office)),
            (0.015, "providers", lambda: desk.maintenance(office)),
            (0.010, "claims", lambda: strangers.meddle(office)),
            (0.040, "", lambda: questions.question(office)),
        )

    def stop(self) -> None:
        self._stopped.set()

    async def run(self) -> None:
        """Sends as much as is answered, at most at the rate."""
        due = 0.0
        loop = asyncio.get_running_loop()
        last = loop.time()
        while not self._stopped.is_set():
            await asyncio.sleep(TICK)
            now = loop.time()
            due = min(due + (now - last) * self._rate, CATCH_UP)
            last = now
            room = WINDOW - sum(self._driver.waiting.values())
            count = min(int(due), BURST, room)
            if count > 0 or self._driver.follow_ups:
                self._send(max(count, 0))
                due -= max(count, 0)

    def post(self, *orders: Order) -> None:
        """Send these, and some of what was sent lately once more."""
        copies: list[Copy] = []
        for order in orders:
            copy = self._driver.copy_of(order)
            self._driver.note(order)
            copies += self._spiced(order, copy)
        if copies:
            self._driver.post(copies)

    def follow_up(self) -> None:
        """What answers have led to."""
        orders, self._driver.follow_ups = self._driver.follow_ups, []
        self.post(*orders)

    def owed(self) -> list[Order]:
        """Queries that must be answered when all is healed."""
        return questions.owed(self._office)

    def open_some(self) -> None:
        """Of a short run few documents come out before its end: of these some are opened yet."""
        looks = (documents.look(self._office) for _ in range(OPENED))
        self.post(*(order for order in looks if order is not None))

    def _send(self, count: int) -> None:
        orders = [order for order in (self._draw() for _ in range(count)) if order is not None]
        follow, self._driver.follow_ups = self._driver.follow_ups, []
        self.post(*orders, *follow)
        if self._poison is not None:
            bad = [self._poison.draw() for _ in range(count) if self._office.chance(POISON)]
            self.made["poison"] += len(bad)
            if bad:
                self._driver.post(bad)

    def _draw(self) -> Order | None:
        draw = self._office.random.random()
        for share, service, make in self._kinds:
            draw -= share
            if draw < 0:
                full = self._driver.waiting[service] >= OWN_WINDOW
                return None if full else make()
        return None

    def _spiced(self, order: Order, copy: Copy) -> list[Copy]:
        """The copy, perhaps twice in the same batch, perhaps with an older one behind it."""
        copies = [copy]
        if order.expect != "answered":
            return copies
        self._recent.append(copy)
        if self._office.chance(TWICE):
            again = copy if self._office.chance(0.5) else self._office.random.choice(self._recent)
            copies.append(self._driver.again(again))
            self.made["again"] += 1
        if self._office.chance(OTHER_BODY) and isinstance(order.message, SubmitProfessionalClaim):
            other = order.message.model_copy(update={"patient_account": f"Z{self._office.next()}"})
            copies.append(self._driver.copy_of(Order(other, order.who, expect=REUSED, id=order.id)))
            self.made["other body"] += 1
        return copies
