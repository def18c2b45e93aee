"""``POST /mesa/api/webhooks``: what an institution's own help desk sends back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.answers import NO_STORE
from bot.channels.bodies import read_body
from bot.desk.interfaces import CaseUnknown
from bot.desk.outside import WebhookReceiver, WebhookRefused

STATUS = {"signature": 401, "old": 401, "content": 422}


def webhook_routes(receiver: WebhookReceiver) -> list[Route]:
    """The route; mount it only where a secret is configured."""

    async def receive(request: Request) -> Response:
        body = await read_body(request)
        try:
            await receiver.receive(request.headers, body)
        except WebhookRefused as refused:
            return Response(status_code=STATUS[refused.reason], headers=NO_STORE)
        except CaseUnknown:
            return Response(status_code=404, headers=NO_STORE)
        return Response(status_code=204, headers=NO_STORE)

    return [Route("/mesa/api/webhooks", receive, methods=["POST"])]
