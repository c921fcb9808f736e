#!/usr/bin/env python3
"""Makes the set of `retrieval.sh`: questions of two FAQs, whose answers stand without their headings among all sections of a manual.

Run where `x` has the unpacked packages python3.11-doc and debian-faq; writes `faq.json`: `docs` of name, heading and text, and
`queries` of question and the name of the one passage that answers it.
"""
import glob
import json
import os
import re

from bs4 import BeautifulSoup

MANUAL = "x/usr/share/doc/python3.11/html/"
DEBIAN = "x/usr/share/doc/debian/FAQ/"
HEADING = re.compile("^h[1-6]$")
QUESTION = re.compile(r"(?i)(how|why|what|is|can|where|when|which|does|my|are|do|i )")
SHORTEST, LONGEST = 80, 1200

docs, queries = [], []


def soup(path):
    with open(path, encoding="utf8") as page:
        return BeautifulSoup(page.read(), "lxml")


def words(element):
    return re.sub(r"\s+", " ", element.get_text(" ")).strip()


def sections(path):
    for section in soup(path).find_all("section"):
        heading = section.find(HEADING, recursive=False)
        if not heading:
            continue
        title = re.sub(r"^[\d.]+\s*", "", words(heading).replace("¶", "").strip())
        skip = ("section", "h1", "h2", "h3", "h4", "h5", "h6", "span")
        parts = (words(child) for child in section.find_all(recursive=False) if child.name not in skip)
        body = " ".join(parts).replace("¶", "").strip()
        if len(body) > SHORTEST:
            yield section.get("id"), title, body


def add(name, title, body, is_question):
    if is_question:
        queries.append((title, name))
    docs.append((name, "" if is_question else title, body))


for path in sorted(glob.glob(MANUAL + "faq/*.html")):
    if not path.endswith("index.html"):
        for anchor, title, body in sections(path):
            name = f"py-faq/{os.path.basename(path)}#{anchor}"
            add(name, title, body, title.endswith("?") or QUESTION.match(title))
for path in sorted(glob.glob(DEBIAN + "*.en.html")):
    page = soup(path)
    for section in page.find_all("div", class_=re.compile("^sect")) or page.find_all("section"):
        heading = section.find(HEADING)
        if not heading:
            continue
        title = words(heading).replace("\xa0", " ")
        title = re.sub(r"^(Chapter )?[\d.]+\s*", "", title).replace("¶", "").strip()
        body = words(section).replace(words(heading), "", 1).strip()
        if len(body) >= SHORTEST:
            add(f"deb/{os.path.basename(path)}#{len(docs)}", title, body, title.endswith("?"))
for part in ("howto", "tutorial", "library", "reference", "using", "extending", "distributing", "installing"):
    for path in sorted(glob.glob(f"{MANUAL}{part}/*.html")):
        for anchor, title, body in sections(path):
            for at in range(0, len(body), LONGEST):
                if len(body[at : at + LONGEST]) > SHORTEST:
                    name = f"py/{part}/{os.path.basename(path)}#{anchor}:{at // LONGEST}"
                    add(name, title, body[at : at + LONGEST], False)
with open("faq.json", "w") as out:
    json.dump({"docs": docs, "queries": queries}, out)
print(len(docs), "passages,", len(queries), "questions")
