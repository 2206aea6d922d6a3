"""The job worker: runs what transactions have asked for, inside the application, one job after another."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, Final

from flask import Flask
from procrastinate import App, JobContext

from tenants import jobs
from tenants.db import db
from web import payloads
from web.app import create_app
from web.settings import Settings
from web.tasks import AT_HOURS, EVERY_MINUTE, TASKS

_log = logging.getLogger(__name__)
# A worker that was killed leaves its job marked as being done. Its heartbeat stops, and that gives it away.
_SILENCE_SECONDS: Final = 60
_PATIENCE_SECONDS: Final = 8
NAME: Final = "hojo"


def build(application: Flask) -> App:
    """The worker of this application: every task by its name, and the retry of jobs whose worker died."""
    worker = jobs.make_app(application.extensions["hojo_settings"].database_url, [])
    for line in ("procrastinate.worker", f"procrastinate.worker.{NAME}"):
        logging.getLogger(line).addFilter(_without_arguments)
    for name, task in TASKS.items():
        made = worker.task(name=name, queueing_lock=name)(_inside(application, task))
        if name in EVERY_MINUTE:
            worker.periodic(cron="* * * * *", periodic_id=name)(made)
        elif name in AT_HOURS:
            worker.periodic(cron=AT_HOURS[name], periodic_id=name)(made)

    @worker.periodic(cron="* * * * *")
    @worker.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  (procrastinate gives it)
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_SILENCE_SECONDS):
            _log.warning("retrying job %s (%s), whose worker died", job.id, job.task_name)
            await manager.retry_job(job)

    return worker


def _without_arguments(record: logging.LogRecord) -> bool:
    """Leave a job's arguments out of a line of the log: whoever asks for a job could write anybody's name there."""
    job = getattr(record, "job", None)
    if job:
        told = f"{job['task_name']}[{job['id']}]"
        record.msg, record.args = record.getMessage().replace(job["call_string"], told), ()
        record.job = {"id": job["id"], "task_name": job["task_name"]}
    return True


def _inside(application: Flask, task: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(task)
    def run(timestamp: int | None = None, **given: Any) -> None:  # noqa: ARG001  (periodic jobs have it)
        with application.app_context():
            try:
                task(**payloads.arguments(task, given))
            finally:
                db.session.remove()

    return run


def work(settings: Settings) -> None:
    """Work until told to stop (SIGTERM or SIGINT); the running job is finished first, for a few seconds."""
    worker = build(create_app(settings))
    with worker.open():
        worker.run_worker(name=NAME, shutdown_graceful_timeout=_PATIENCE_SECONDS, install_signal_handlers=True)
