"""Whatever happens in whatever order: at most one warning and one breach, each at its time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portal_contracts.providers import events as e
from portal_runtime.domain import clocks
from tests.support.deciding import NOW
from tests.unit.providers.desk import DOCTOR, GROUP, NEWCOMER, SETTINGS, Desk
from tests.unit.providers.test_submit import ADD, PHONE

CALENDAR = SETTINGS.calendar
DAY = timedelta(days=1)


class Story(RuleBasedStateMachine):
    """A request, its timers on time, late or twice, and the people who work on it."""

    @initialize(onboarding=st.booleans())
    def submitted(self, onboarding: bool) -> None:
        self.desk = Desk()
        self.now = NOW
        self.counted: set[date] = set()
        """Days that began while the clock ran."""
        self.fired: list[Any] = []
        self.desk.submit(ADD if onboarding else PHONE, GROUP if onboarding else DOCTOR)
        self.onboarding = onboarding

    @property
    def state(self) -> Any:
        return self.desk.request

    @property
    def running(self) -> bool:
        return bool(self.state.status == "in_review" and not self.state.clock.breached)

    def pass_time(self, until: datetime) -> None:
        if self.running:
            first, last = (CALENDAR.day_of(moment) for moment in (self.now, until))
            self.counted |= {first + DAY * n for n in range(1, (last - first).days + 1)}
        self.now = until

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        """Timers fire when they are due, in order."""
        until = self.now + timedelta(hours=hours)
        while due := [at for at, _ in self.desk.timers.values() if at <= until]:
            self.pass_time(max(min(due), self.now))
            for command in self.desk.due(self.now):
                self.fired.append(command)
                self.desk.fire(command, self.now)
        self.pass_time(until)

    @rule(hours=st.integers(1, 24 * 60))
    def timers_are_late(self, hours: int) -> None:
        """The service was down: people work on before the timers fire."""
        self.pass_time(self.now + timedelta(hours=hours))

    @rule(data=st.data())
    def a_timer_comes_again(self, data: st.DataObject) -> None:
        if self.fired:
            self.desk.fire(data.draw(st.sampled_from(self.fired)), self.now)

    @rule(data=st.data())
    def a_cancelled_timer_fires_after_all(self, data: st.DataObject) -> None:
        """Cancelling lost the race: the commands of any timer ever set may come at any time."""
        commands = [command for _, command in self.desk.timers.values()] or self.fired
        if commands:
            command = data.draw(st.sampled_from(commands))
            self.fired.append(command)
            self.desk.fire(command, self.now)

    @precondition(lambda self: self.state.open)
    @rule()
    def asked(self) -> None:
        self.fired += [command for _, command in self.desk.timers.values()]
        self.desk.ask(self.now)
        assert not self.desk.timers

    @precondition(lambda self: self.state.status == "information_needed")
    @rule()
    def answered(self) -> None:
        self.desk.answer(self.now)

    @precondition(lambda self: self.state.open)
    @rule(approve=st.booleans())
    def decided(self, approve: bool) -> None:
        self.fired += [command for _, command in self.desk.timers.values()]
        self.desk.approve(self.now) if approve else self.desk.reject(self.now)
        assert not any(key.endswith((":warn", ":breach")) for key in self.desk.timers)

    @invariant()
    def each_at_most_once(self) -> None:
        for kind in (e.SlaWarning, e.SlaBreached, e.RequestApplied):
            assert len(self.desk.announced(kind)) <= 1

    @invariant()
    def late_once_more_days_have_begun_than_the_plan_has(self) -> None:
        if self.onboarding:
            return
        if self.running:
            assert clocks.is_over(self.state.clock, self.now) == (len(self.counted) > 30)
        if self.desk.announced(e.SlaBreached):
            assert len(self.counted) > 30

    @invariant()
    def nothing_happens_while_the_clock_stands_still_or_after_the_end(self) -> None:
        """Read off the order of events: after a question the next SLA event follows an answer."""
        stopped = False
        for event in self.desk.events:
            if isinstance(event, e.SlaWarning | e.SlaBreached):
                assert not stopped
            elif isinstance(event, e.QuestionAnswered):
                stopped = False
            elif isinstance(event, e.InformationRequested | e.RequestApproved | e.RequestRejected):
                stopped = True

    @invariant()
    def an_open_running_clock_has_its_deadline_set(self) -> None:
        if self.running and self.now < self.state.clock.late_from:
            assert f"{self.state.number}:breach" in self.desk.timers

    @invariant()
    def versions_rise_by_one(self) -> None:
        about = [x.version for x in self.desk.events if isinstance(x, e.RequestEvent)]
        assert about == list(range(1, len(about) + 1))


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_request_nobody_works_on_is_warned_of_and_breached_on_the_minute(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    for minute in range(60 * 24 * 31):
        now = NOW + timedelta(minutes=minute)
        for command in desk.due(now):
            desk.fire(command, now)
    (warning,), (breach,) = desk.announced(e.SlaWarning), desk.announced(e.SlaBreached)
    assert warning.at == datetime(2026, 3, 27, 4, tzinfo=UTC)  # midnight, 5 days before April 1
    assert breach.at == datetime(2026, 4, 2, 4, tzinfo=UTC)  # April 1 is over


def test_a_question_on_the_last_day_but_one_leaves_a_day(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    desk.ask(NOW + 29 * DAY)  # the warning was due on day 25 and is still on its way
    desk.answer(NOW + 100 * DAY)
    assert desk.request is not None
    now = desk.request.clock.late_from
    assert now == CALENDAR.end_of(CALENDAR.day_of(NOW + 101 * DAY))
    for command in desk.due(now):
        desk.fire(command, now)
    (breach,) = desk.announced(e.SlaBreached)
    assert breach.at == now and len(desk.announced(e.SlaWarning)) == 1


def test_who_was_warned_is_not_warned_again_after_a_question(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    now = NOW + timedelta(days=26)
    for command in desk.due(now):
        desk.fire(command, now)
    desk.ask(now)
    desk.answer(now + timedelta(days=1))
    assert [key.rpartition(":")[2] for key in desk.timers] == ["breach"]


def test_onboarding_is_breached_at_the_end_of_the_last_business_day(desk: Desk) -> None:
    desk.submit(ADD)
    assert desk.request is not None
    deadline = desk.request.clock.late_from
    assert deadline is not None
    for command in desk.due(deadline - timedelta(microseconds=1)):
        desk.fire(command, deadline - timedelta(microseconds=1))
    assert len(desk.announced(e.SlaWarning)) == 1 and not desk.announced(e.SlaBreached)
    for command in desk.due(deadline):
        desk.fire(command, deadline)
    assert len(desk.announced(e.SlaBreached)) == 1
    assert NEWCOMER not in desk.profiles
