"""`run(SERVICE)`: a process of a service, until it is asked to end."""

from functools import partial

from portal_runtime.process.lean import without
from portal_runtime.process.standby import stand_by
from portal_runtime.service import Service


def run(service: Service) -> None:
    """Run the service until SIGTERM or SIGINT."""
    # Imported late: Kafka, PostgreSQL and HTTP are of no concern to who only wants the routes.
    with without("rich", "uvicorn", "click"):
        from portal_runtime.process.main import main

    if service.settings().standby:
        stand_by(partial(main, service))
    main(service)
