"""One connection to the mail server: opened when it is needed, reused for several mails, and honest about endings."""

from __future__ import annotations

import ssl

import aiosmtplib
import structlog
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings

from bot.mail.smtp_server import DeliveryError, Postponed, Refused, ServerAway, SmtpServer, Unknown

log = structlog.get_logger(__name__)

MAILS_A_LINE = 100
"""After so many mails the line is opened anew, as many servers wish."""
LOGIN_CODES = frozenset({530, 534, 535, 538})
"""RFC 4954: the server wants another login. That is the operator's affair and no fault of the mail."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpLine:
    """One connection. Not to be shared between tasks.

    Args:
        hello: what we call ourselves in EHLO; asking the resolver for our own name can take seconds.
        timeout: seconds to wait for the connection and for each answer.
        verdict_timeout: seconds to wait for the answer to the last dot; servers that scan a mail first take long, and
            RFC 5321 section 4.5.3.2.6 asks for ten minutes.
    """

    def __init__(self, server: SmtpServer, hello: str, *, timeout: float, verdict_timeout: float) -> None:
        self._server = server
        self._hello = hello
        self._timeout = timeout
        self._verdict_timeout = verdict_timeout
        self.idle_since = 0.0
        self._client: aiosmtplib.SMTP | None = None
        self._used = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection to close."""
        return self._client is not None and self._client.is_connected

    async def open(self) -> None:
        """Connects, unless there is a usable connection.

        Raises:
            ServerAway: there is no way to the server now.
        """
        if self.is_open and self._used < MAILS_A_LINE:
            return
        await self.close()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            tls_context=server.tls_context,
            local_hostname=self._hello,
            timeout=self._timeout,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPResponseException as error:
            raise ServerAway(str(error.code)) from error
        except (OSError, aiosmtplib.SMTPException) as error:
            raise ServerAway(_reason(error)) from error
        self._client, self._used = client, 0
        self._warn_when_readable()

    def _warn_when_readable(self) -> None:
        """Mails hold passwords, so a server elsewhere that offers no TLS is worth a line."""
        client = self._client
        encrypted = client is not None and client.get_transport_info("sslcontext") is not None
        if not encrypted and self._server.host not in LOOPBACK:
            log.warning("smtp_without_tls", port=self._server.port)

    async def offer(self, sender: str, to: str, message: bytes) -> None:
        """Hands a message over, all but its last dot.

        RFC 5321 section 4.1.1.4: a message whose last dot never came is not delivered, and one whose last dot was
        answered with 250 is the server's. Between the two lies the one moment that no client can see through, which
        is why :meth:`finish` is a call of its own: the caller notes the stage before it.

        Raises:
            ServerAway: the server takes nothing now.
            Postponed: it does not take this mail now, or the line was lost.
            Refused: it will never take this mail.
        """
        client = await self._begin(sender)
        try:
            await client.rcpt(to)
            answer = await client.execute_command(b"DATA")
            if answer.code != 354:
                raise aiosmtplib.SMTPDataError(answer.code, answer.message)
            assert client.protocol is not None
            # The library's own DATA sends message and dot in one go, so its parts are used one by one.
            client.protocol.write(PERIOD_REGEX.sub(b"..", normalize_message_line_endings(message)))
        except aiosmtplib.SMTPResponseException as error:
            await self._reset()
            raise _by_code(error.code) from error
        except (OSError, aiosmtplib.SMTPException) as error:
            self.drop()
            raise Postponed(_reason(error)) from error
        except BaseException:
            self.drop()
            raise

    async def _begin(self, sender: str) -> aiosmtplib.SMTP:
        """MAIL FROM, on a fresh connection when the one that lay idle turns out to be gone."""
        while True:
            await self.open()
            client, reused = self._client, self._used > 0
            assert client is not None
            try:
                await client.mail(sender)
                return client
            except aiosmtplib.SMTPResponseException as error:
                if error.code == 421 and reused:
                    self.drop()
                    continue
                await self._reset()
                if error.code in LOGIN_CODES:
                    raise ServerAway(str(error.code)) from error
                raise _by_code(error.code) from error
            except (OSError, aiosmtplib.SMTPException) as error:
                self.drop()
                if not reused:
                    raise Postponed(_reason(error)) from error

    async def finish(self) -> None:
        """Sends the last dot of the message offered and hears the server's verdict.

        Raises:
            Postponed: not taken now, or the line was gone before the dot could be written.
            Refused: never to be taken.
            Unknown: the line was lost, or stayed silent, behind the dot.
        """
        client = self._client
        if client is None or not client.is_connected:
            self.drop()
            raise Postponed("line_lost")
        try:
            answer = await client.execute_command(b".", timeout=self._verdict_timeout)
        except (OSError, aiosmtplib.SMTPException) as error:
            self.drop()
            raise Unknown(_reason(error)) from error
        except BaseException:
            self.drop()
            raise
        self._used += 1
        if not 200 <= answer.code < 300:
            raise _by_code(answer.code)

    async def _reset(self) -> None:
        """Makes the line ready for the next mail after a refusal."""
        client = self._client
        try:
            if client is not None and client.is_connected:
                await client.rset()
        except (OSError, aiosmtplib.SMTPException):
            self.drop()

    def drop(self) -> None:
        """Breaks the connection off without a word; a message offered and not finished is thus withdrawn."""
        client, self._client = self._client, None
        if client is not None:
            transport = client.transport
            if transport is not None and hasattr(transport, "abort"):
                transport.abort()
            client.close()

    async def close(self) -> None:
        """Says goodbye and closes; a server that does not answer is left alone."""
        client = self._client
        if client is None:
            return
        try:
            if client.is_connected:
                await client.quit(timeout=2)
        except (OSError, aiosmtplib.SMTPException):
            pass
        finally:
            self.drop()


def _by_code(code: int) -> DeliveryError:
    if 500 <= code < 600:
        return Refused(str(code))
    return Postponed(str(code))


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "tls"
    if isinstance(error, aiosmtplib.SMTPTimeoutError):
        return "timeout"
    return "connect" if isinstance(error, aiosmtplib.SMTPConnectError) else "line_lost"
