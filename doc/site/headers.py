"""Turns public headers into what Doxygen is to read.

A function of curfew is an object, so that it takes no part in the lookup of Asio's names. Its readers
call a function: `struct wait_for_fn` and `wait_for` become the overloads of `wait_for`. What nobody
writes is left out: the place of the call, constraints that only choose an overload, members that are
deleted, and the `detail::` before what a parameter may be. Lines keep their numbers, for the warnings.
"""

import re

# What a caller passes for these is said on the page of the reference.
SHOWN_AS = {"detail::duration_limit": "duration", "detail::instant_limit": "time_point"}

OBJECT = re.compile(
    r"^(?P<docs>(?:///[^\n]*\n)+)struct (?P<name>\w+)_fn \{\n(?P<body>.*?)^\};\n\n"
    r"/// \\copydoc (?P=name)_fn\ninline constexpr (?P=name)_fn (?P=name)\{\};\n",
    re.MULTILINE | re.DOTALL,
)
HIDDEN = re.compile(
    r"^(?:namespace (?:curfew::(?:testing::)?)?detail\b[^{]*\{|template <>\nstruct |struct detail::)", re.MULTILINE
)
PLACE = re.compile(r",?\s*std::source_location \w+ = std::source_location::current\(\)")
SPECIAL = (
    r"^ +(?:virtual |explicit |constexpr |inline )*(?:{name}\((?:{name}(?:<T>)?(?: const)?&&?(?: \w+)?)?\)|"
    r"{name}(?:<T>)?& operator=\({name}(?:<T>)?(?: const)?&&?(?: \w+)?\)|~{name}\(\))[^;{{]*(?=[;{{])"
)
CLASS = re.compile(r"^ *(?:class|struct) (?:[A-Z_]+ )?(?:\[\[nodiscard\]\] )?(\w+)\b[^;{]*\{", re.MULTILINE)


def closing(text, at):
    """The place after the bracket that closes the one at `at`."""
    pairs = {"(": ")", "{": "}", "<": ">", "[": "]"}
    opening, depth = text[at], 0
    for place in range(at, len(text)):
        if text[place] == opening:
            depth += 1
        elif text[place] == pairs[opening] and not (opening == "<" and text[place - 1] == "-"):
            depth -= 1
            if depth == 0:
                return place + 1
    raise ValueError(f"nothing closes the {opening} in: {text[at:at + 80]}")


def padded(new, old):
    """The new text, with as many lines as the old one."""
    return new + "\n" * (old.count("\n") - new.count("\n"))


def end_of_head(text, at):
    """The place where the declaration that begins at `at` ends, or its definition begins."""
    while text[at] not in ";{":
        at = closing(text, at) if text[at] in "([" else at + 1
    return at


def end_of_member(text, at):
    """The place after the declaration or definition that begins at `at`."""
    at = end_of_head(text, at)
    return at + 1 if text[at] == ";" else closing(text, at)


def members(body):
    """(docs, declaration, definition) of each member of a function object."""
    at = 0
    while match := re.compile(r"((?: *///.*\n)*)(?= *\S)").match(body, at):
        start = match.end()
        end = end_of_member(body, start)
        whole = body[start:end]
        head = body[start : end_of_head(body, start)].strip().removesuffix("const").strip()
        yield re.sub(r"^ +", "", match[1], flags=re.MULTILINE), head, whole
        at = body.find("\n", end) + 1


def plain(head):
    """A declaration without its constraints, the place of the call and CURFEW_EXPORT."""
    head = head.replace("CURFEW_EXPORT ", "")
    while match := re.search(r"\brequires\b\s*", head):
        end = match.end()
        end = closing(head, end) if head[end] == "(" else head.index("\n", end)
        head = head[: match.start()] + head[end:]
    return " ".join(PLACE.sub("", head).split())


def function_of(match, header):
    """The overloads of a function, in the place of its object."""
    name, docs, on, seen = match["name"], match["docs"], [], []
    for own, head, whole in members(match["body"]):
        if "static_assert" in whole or "require_options_first" in whole:
            continue  # it is there to say what is wrong
        if head.find(" on(") >= 0:
            on.append((own, plain(head)))
        else:
            seen.append((own, plain(head).replace("operator()", name)))
    if on:
        said = " ".join(line.strip("/ \n") for line in on[0][0].splitlines()) or "For another executor type."
        docs += f"/// \\par Executor type\n/// {said} `{name}.on<Executor>(...)`, with the same arguments.\n"
    docs += f"/// \\par Header\n/// `<curfew/{header}>`\n"
    text, known = "", []
    for own, head in seen:
        if head in known:
            continue
        if known and own.startswith("/// \\param"):
            own = "/// \\overload\n" + own
        text += (own or "/// \\overload\n") if known else docs + own
        text += head + ";\n"
        known.append(head)
    return padded(text, match[0])


def without(text, pattern, keep=lambda before: False):
    """Without the members that begin so, unless the line before is one to keep them for."""
    at = 0
    while match := pattern.search(text, at):
        at = match.end()
        if not keep(text[: match.start()].rstrip("\n").rsplit("\n", 1)[-1].strip()):
            end = end_of_member(text, match.start())
            text = text[: match.start()] + padded("", text[match.start() : end]) + text[end:]
            at = match.start()
    return text


def without_the_obvious(text):
    """Without the copies, moves and ends that have nothing to say about themselves, and without those
    setters of options that differ only in being called on a temporary."""
    for name in sorted(set(CLASS.findall(text))):
        special = re.compile(SPECIAL.format(name=name), re.MULTILINE)
        text = without(text, special, lambda before: before.startswith("///"))
        text = without(text, re.compile(rf"^ +{name}&& \w+\(", re.MULTILINE))
    return text


def with_readers(text):
    """With a word on what only reads what a setter of the same name sets."""
    setters = set(re.findall(r"^  \w+& (\w+)\(", text, re.MULTILINE))

    lines = text.split("\n")
    for at, line in enumerate(lines):
        reader = re.match(r"  \w.*?(\w+)\(\) const\b", line)
        if reader and reader[1] in setters and "///" not in line and not lines[at - 1].startswith("  ///"):
            lines[at] = f"  /** What is set, or the default. */{line[1:]}"
    return "\n".join(lines)


def prepared(text, header, topic):
    """What Doxygen reads of a header, whose name is relative to include/curfew."""
    if header == "testing/replace_new.hpp":  # what it defines is what it says
        return text[: text.index("\nnamespace")] + "\n#endif\n"
    text = without(text, HIDDEN)
    text = re.sub(r"^/// \\copydoc \w+_fn\n(?!inline)", "\n", text, flags=re.MULTILINE)
    text = OBJECT.sub(lambda match: function_of(match, header), text)
    text = with_readers(without_the_obvious(text))
    text = PLACE.sub(lambda match: padded("", match[0]), text)
    code = []
    for line in text.split("\n"):
        if not line.lstrip().startswith(("///", "#include")):
            for before, after in SHOWN_AS.items():
                line = line.replace(before, after)
            line = line.replace("detail::", "")
        code.append(line)
    text = "\n".join(code)
    if topic:
        text = re.sub(
            r"^(namespace curfew(?:::testing)? \{)$",
            rf"\1 /** \\addtogroup {topic} */ /** @{{ */",
            text,
            flags=re.MULTILINE,
        )
        text = re.sub(r"^(\}  // namespace curfew(?:::testing)?)$", r"/** @} */ \1", text, flags=re.MULTILINE)
    text = re.sub(r"^( *)/// @\{$", r"\1/** @{ */", text, flags=re.MULTILINE)
    if "\\file" not in text:
        text = text.replace("\n\n", "\n/** \\file */\n", 1)
    return text
