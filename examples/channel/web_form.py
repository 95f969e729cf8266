"""A web form of an association that offers homes to the office, in one file.

    python examples/channel/web_form.py web-form.toml 8080

Each page carries a number of its own. Who presses the button twice, or presses it again
because nothing seemed to happen, sends the same message twice: that is one case.
"""

import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from uuid import uuid4

from services.channel import Channel, ChannelError, NoReceipt, NotValid

PAGE = """<!DOCTYPE html><html lang="de"><meta charset="utf-8">
<title>Unterkunft anbieten</title><h1>Unterkunft anbieten</h1>
<p role="status">{said}</p>
<form method="post"><input type="hidden" name="number" value="{number}">
<p><label>Name <input name="name" required></label>
<p><label>Telefon <input name="phone" required></label>
<p><label>Betten <input name="beds" type="number" min="1" required></label>
<p><label>PLZ <input name="postcode" pattern="[0-9]{{5}}" required></label>
<p><label>Frei ab <input name="from" type="date" required></label>
<p><button>Anbieten</button></form></html>"""
LARGEST = 10_000


def offer(form):
    """Return the data of an offer, as docs/schemas/offer.submitted.v1.json has it."""
    return {
        "contact": {"name": form["name"], "phone": form["phone"]},
        "details": {
            "kind": "housing",
            "beds": int(form["beds"]),
            "available": {"from": form["from"]},
            "location": {"postcode": form["postcode"]},
        },
    }


def sentence(channel, form):
    """Send what the form says, and say what became of it."""
    try:
        receipt = channel.offer(form["number"], offer(form)).receipt(timeout=15)
    except (KeyError, ValueError, NotValid):
        return "Das konnten wir nicht lesen. Bitte prüfen Sie Ihre Angaben."
    except NoReceipt:
        return "Danke! Ihr Angebot ist unterwegs; wir melden uns."
    except ChannelError:
        return "Das hat nicht geklappt. Bitte senden Sie es noch einmal."
    if receipt.outcome == "set_aside":
        return f"Das hat nicht geklappt: {receipt.reason}"
    return f"Danke! Ihr Angebot hat die Nummer {receipt.case_no}."


def serve(path, port):
    """Show the form until somebody ends the program."""
    with Channel.open(path) as channel:

        class Form(BaseHTTPRequestHandler):
            def do_GET(self):
                self.show(str(uuid4()), "Bitte füllen Sie alles aus.")

            def do_POST(self):
                size = min(int(self.headers.get("Content-Length", 0)), LARGEST)
                told = parse_qs(self.rfile.read(size).decode("utf-8", "replace"))
                form = {name: values[0] for name, values in told.items()}
                self.show(form.get("number", str(uuid4())), sentence(channel, form))

            def show(self, number, said):
                page = PAGE.format(number=escape(number), said=escape(said)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

        ThreadingHTTPServer(("127.0.0.1", port), Form).serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
