"""An author's sentence as one about the paper: "In this paper, we propose …" becomes "The authors propose …".

What only tied the sentence to the one before it ("However,", "To this end,") goes, and capitals and the
closing full stop are mended. Formulas are never touched.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assets.summaries.sentences import ENDS, math_spans

SHORTEST_REST = 15
"""Characters that must be left for an opening to be dropped."""

LIST_MARKER = re.compile(r"(?:[•·*–—-]+\s+|\(?(?:[ivx]{1,4}|[a-eA-E]|\d{1,2})\)\s*|\d{1,2}\.\s+(?=[A-Z]))(?=\S)")

CONNECTIVE = re.compile(
    r"(?:(?:However|Moreover|Furthermore|Additionally|In addition|Also|Besides|Hence|Thus|Therefore|Consequently"
    r"|Accordingly|Specifically|In particular|Particularly|More specifically|More concretely|Concretely|Notably"
    r"|Most notably|Importantly|More importantly|Most importantly|Interestingly|Surprisingly|Remarkably|Strikingly"
    r"|Unfortunately|Nevertheless|Nonetheless|Meanwhile|Finally|Lastly|First|Firstly|Second|Secondly|Third|Thirdly"
    r"|First of all|Then|Next|Further|Indeed|In fact|Overall|To this end|To that end|To this aim|To this purpose"
    r"|Towards this end|Toward this end|Towards this goal|Toward this goal|With this in mind|To do so|To do this"
    r"|As a result|As a consequence|In this context|In this regard|In this direction|In contrast|By contrast"
    r"|On the other hand|On the one hand|Conversely|For this purpose|For this reason|For this|In other words|That is"
    r"|Instead|Yet|But|And|So|Still|Crucially|Critically|More precisely|Precisely|More generally|Equivalently"
    r"|In turn|In response|In summary|To summarize|In conclusion|To conclude|In short|In essence|In brief|Briefly"
    r"|Ultimately|Similarly|Likewise|Subsequently|Afterwards|Separately|Together|Taken together|Altogether"
    r"|In doing so|By doing so|Along the way|As such|Namely|Again|Rather|In this way|In this sense|In that sense"
    r"|Using this|With this|From this|Based on this|Following this|Motivated by this|Inspired by this|Despite this"
    r"|In light of this|In view of this|In this setting|In this framework|Nowadays|In all cases"
    r"),\s+"
    r"|(?:But|And|Yet|So|Thus|Hence|Therefore|Also|Then|Finally|Moreover|Furthermore|However|Additionally|Next|First|Lastly"
    r"|Subsequently|Further|Indeed)\s+"
    r"(?=(?:we|our|the|this|these|it|they|an?|in|there)\b))"
)

PAPER = re.compile(
    r"(?:(?:[Hh]ere|[Hh]erein)(?:,\s+|\s+(?=(?:we|I)\b))"
    r"|(?:[Ii]n|[Ww]ithin|[Tt]hrough|[Ww]ith|[Bb]y) (?:this|the present|the current|our|my) "
    r"(?:short |brief |first |second |third |new |present |survey |research |review |position |technical |current )?"
    r"(?:paper|work|article|study|letter|note|thesis|report|contribution|manuscript|survey|review|chapter|research"
    r"|dissertation|investigation|tutorial|essay|communication|series of papers|project)"
    r"(?:,\s+|\s+(?=(?:we|I)\b)))"
)

DANGLING = re.compile(
    r"(?:To|In order to|Inspired|Motivated|Building|Based|Guided|Driven|Leveraging|Using|Following|Drawing|With(?:in)?"
    r"|Applying|Combining|Employing|Exploiting|Adopting|Extending"
    r"|By|Given|In light of|In view of|In response to|Beyond|Towards?|Among|Armed|Through|From|For|In|Despite|Due to"
    r"|Under|On|On top of|At|After|Across|Against|Alongside|Over|Unlike|Throughout|Upon|As a step)\b"
    r"[^,.;:$()]{0,80}\b(?:this|these|those|such(?! as\b)|the above|them|it)\b[^,;:$()]{0,90},\s+"
    r"(?=(?:we|our|I|the|this|an?)\b)"
)
"""An opening that points back to an earlier sentence."""

POINTER = re.compile(
    r"Th(?:is(?! (?:also |then |thus |further |in |[a-z]+ly )?[a-z-]+s\b(?<!ous)(?<!ss)(?<!sis))"
    r"|ese(?! (?:enable|allow|include|provide|yield|give|lead|show|reveal|suggest|imply|require|improve|extend"
    r"|generali[sz]e|support|offer|make|help|establish|demonstrate|ensure|achieve|reduce|use|indicate|confirm|cover|produce"
    r"|exhibit|result|differ|depend|apply|form|define|address|combine|capture|outperform|highlight|represent|describe|determine"
    r"|guarantee|open|follow|satisfy|involve|complement|contain|come|need|serve|unify|often|also|then|in|do|all)\b))"
    r"(?= (?!(?:is|are|was|were|has|have|can|could|may|might|will|would|paper|work|article|study|note"
    r"|letter|survey|thesis|report|research|review|chapter|manuscript|tutorial|essay|dissertation|series|volume"
    r"|monograph|contribution|position|perspective|course|lecture|lectures)\b)(?:[a-z-]+ ){0,2}(?:results?|findings?"
    r"|method|methods|approach|approaches|framework|model|models|algorithm|algorithms|system|technique|techniques"
    r"|analysis|analyses|insights?|observations?|features?|properties|property|advances|improvements?|experiments?"
    r"|bounds?|estimates?|theorem|theory|construction|formulation|strategy|mechanism|architecture|design|dataset|data"
    r"|benchmark|tool|tools|library|toolkit|pipeline|procedure|scheme|schemes|protocol|formalism|representation"
    r"|discrepancy|effect|effects|phenomenon|behavior|behaviour|process|simulations|calculations|measurements"
    r"|constraints|predictions|limits|methodology|integration|combination|perspective|resource|platform|package"
    r"|conclusions?|implications|contributions|outcomes?|evidence|correlation|relation|dependence|structure)\b)"
    r"|This(?= (?!dissertation|contribution)[a-z-]*(?:[ts]ion|ity|ness|ment|ence|ance|ship|ism|hood|sis|age|ure|ogy"
    r"|ancy|ency)\b(?! (?:paper|work|article|study|note|letter|survey|review|thesis|report|dissertation|tutorial)\b))"
    r"|These(?= (?!(?:notes|always|sometimes|thus|is|was|has|as)\b)[a-z-]+(?<!s)s\b)"
)
"""A "This" or "These" that names what it points to; "the" says it without an earlier sentence."""

INNER_POINTER = re.compile(
    r"(?<=[a-z,;] )(?:this|these)(?= (?!(?:is|are|was|were|be|by|to|in|at|for|of|on|with|from|and|or|that|we|they|it"
    r"|can|could|may"
    r"|will|would|has|have|had|led|gave|made|means|via|through|when|while|where|as|but|if|[a-z]+ing|paper|work|article|study|note|letter|survey|thesis|report|research|review"
    r"|chapter|manuscript|one|ones|end|way)\b)[a-z][a-z-]*[a-z](?<!ed)[ ,.;:])"
)
"""A "this" inside a sentence in front of what it points to."""

SEQUENCE = re.compile(
    r"(?<=\b[Tt]he authors )(?:then|also|further|furthermore|additionally|next|finally|first|now) (?=[a-z])"
)
"""Adverbs that order sentences that are no longer around."""

GENERIC_OUR = re.compile(
    r"(?<![Tt]o )(?<!best of )\b([Oo])ur "
    r"(?=(?:(?:current|present|basic|theoretical|own|fundamental|daily|everyday|collective|best|scientific"
    r"|local|physical|digital|modern|home|ever[a-z-]*) )*(?:understanding|knowledge|ability|universe|Universe|galaxy"
    r"|Galaxy|world|society|planet|Solar|solar|Sun|Milky|environment|cosmic|lives|life|era|time|times|body|bodies"
    r"|brains?|societies|civilization|climate|day-to-day)\b)"
)

AUTHOR_VERBS = (
    "prove|show|find|propose|present|study|introduce|develop|consider|derive|obtain|give|use|construct|demonstrate"
    "|establish|investigate|analy[sz]e|examine|explore|evaluate|compare|apply|discuss|describe|define|review|report"
)
AUTHORS_WE = re.compile(
    rf"\b[Ww]e (?:also |then |further |first |[a-z]+ly )?(?:{AUTHOR_VERBS}|will|shall|argue|address|provide|extend)\b"
)
"""A "we" that is the authors', and with it every other one of the sentence."""

GENERIC_WE = re.compile(
    r"(?:\b(?:how|as|what|when|than|the way|ways?|world|before|whether|where)\s+)\bwe\b"
    rf"(?! (?:also |then |further |first )?(?:{AUTHOR_VERBS}|will|shall)\b)"
    r"|\bus humans\b"
)

OTHERS = re.compile(
    r"\b(?:theirs|et al|their (?:own |new |[a-z]+al )?(?:data|models?|results?|findings?|methods?|approach|work"
    r"|analysis|theory|theorem|proof|measurements?|predictions?|observations?|code|papers?|claims?|arguments?|conclusions?))\b"
)
"""Words for others, beside which "their" would be taken for theirs."""
PRONOUN = re.compile(
    r"\b(?:(?P<let>[Ll]et us)|(?P<we>[Ww]e)(?P<short>['’](?:ve|re|ll|d))?(?![\w'’-])|(?P<our>[Oo]ur)(?![\w-])"
    r"|(?P<ours>ours)|(?P<self>ourselves)|(?<![.])(?P<us>us)(?![\w-]))\b"
)
FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|ourselves|us|I|[Mm]y)\b")
SHORT = {"ve": " have", "re": " are", "ll": " will", "d": " would"}

SINGLE_HINT = re.compile(
    r"(?:^|[,;:.] |\b(?:that|and|which|here|then|paper|where|but|if|as) )I (?=[a-z])|\b[Mm]y [a-z]"
)
SINGLE = re.compile(
    r"(?:^|(?<=[,;:.] )|(?<=\bthat )|(?<=\band )|(?<=\bwhich )|(?<=\b[Hh]ere )|(?<=\bpaper )|(?<=\bas )"
    r"|(?<=\bwhere )|(?<=\bbut )|(?<=\bif )|(?<=\bthen ))"
    r"I (?:(also|then|further|first|finally|next|now|here) )?([a-z]+)"
)
SINGLE_COORDINATED = re.compile(
    r"(?<=[\s,])(and|or|then) (also |then |further |finally )?(analyse|analyze|apply|argue|build|calculate|characterize"
    r"|classify|compare|compute|conclude|consider|construct|demonstrate|derive|describe|develop|discuss|establish|estimate"
    r"|evaluate|examine|explain|explore|extend|find|formulate|generalize|give|identify|illustrate|introduce|investigate"
    r"|obtain|offer|outline|present|propose|prove|provide|report|review|show|study|suggest|test|use|verify)\b"
)
SENTENCE_MARKS = frozenset('.:!?–—"“')
"""What may stand before a capital inside a sentence; behind "(2)" it is none."""
UNCHANGED = frozenset(
    {"can", "could", "will", "would", "may", "might", "must", "should", "shall", "had", "did", "was", "cannot"}
)
IRREGULAR = {"am": "is", "have": "has", "do": "does", "go": "goes", "were": "was"}
PAST = frozenset(
    {"found", "gave", "took", "made", "built", "wrote", "began", "chose", "drew", "got", "held", "kept", "knew", "led"}
    | {"left", "let", "put", "saw", "set", "sought", "taught", "thought", "understood", "ran", "became"}
)
VERBS_IN_LY = frozenset({"apply", "imply", "rely", "reply", "supply", "comply", "multiply"})


def third_person(verb: str) -> str:
    """The verb as "the author" takes it: propose → proposes, have → has, study → studies; past forms stay."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb in UNCHANGED or verb in PAST or verb.endswith("ed") or (verb.endswith("ly") and verb not in VERBS_IN_LY):
        return verb
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


PLAIN_STARTS = frozenset({
    "We", "Our", "The", "This", "These", "It", "They", "Such", "That", "A", "An", "There", "One", "Two", "Three",
    "Several", "Many", "Most", "Some", "Each", "All", "Both", "While", "When", "Where", "Because", "Since",
    "Although", "Though", "If", "Experiments", "Experimental", "Results", "Numerical", "Extensive", "Recent",
    "Existing",
})  # fmt: skip
"""First words of sentences without an opening that could go."""


def capitalize(sentence: str) -> str:
    """The sentence with a capital, unless it begins with a formula, a name in mixed case or a hyphened symbol."""
    first = re.match(r"[a-zà-ÿ]+(?![\w])", sentence)
    if (
        not first
        or (len(first[0]) == 1 and sentence[1:2] == "-")
        or sentence[first.end() : first.end() + 1] in ("_", "/")
    ):
        return sentence
    if len(first[0]) == 1 and first[0] != "a":
        return sentence
    return sentence[0].upper() + sentence[1:]


@lru_cache(maxsize=1024)
def without_opening(sentence: str) -> str:
    """The sentence without list marker, connective and "in this paper", its first letter mended."""
    if sentence.split(" ", 1)[0] in PLAIN_STARTS:
        return sentence
    rest = sentence
    for _ in range(4):
        before = rest
        for opening in (LIST_MARKER, CONNECTIVE, PAPER, DANGLING):
            found = opening.match(rest)
            if found and len(rest) - found.end() >= SHORTEST_REST:
                rest = capitalize(rest[found.end() :])
        if rest == before:
            break
    return rest


def about_authors(sentence: str, background: bool = False) -> str:
    """First person into third; the first mention is "the authors", the next ones "they", "their", "them".

    In a sentence of background, a "we" that means everybody ("how we live") stays.
    """
    if not FIRST_PERSON.search(sentence):
        return sentence
    if GENERIC_OUR.search(sentence):
        sentence = GENERIC_OUR.sub(lambda found: "The " if found[1] == "O" else "the ", sentence)
    if background and GENERIC_WE.search(sentence) and not AUTHORS_WE.search(sentence):
        return sentence
    spans = math_spans(sentence) if "$" in sentence else []
    named = False
    others = ("their" in sentence or "et al" in sentence) and OTHERS.search(sentence) is not None

    def replace(found: re.Match[str]) -> str:
        nonlocal named
        if found["let"] or any(start <= found.start() < end for start, end in spans):
            return found[0]
        capital = found[0][0].isupper() and (found.start() == 0 or sentence[found.start() - 2] in SENTENCE_MARKS)
        if found["we"]:
            new = "they" if named else "the authors"
            new += SHORT[found["short"][1:]] if found["short"] else ""
        elif found["our"]:
            new = "their" if named and not others else "the authors'"
        elif found["ours"]:
            new = "theirs" if named and not others else "the authors' own"
        elif found["self"]:
            new = "themselves"
        else:
            new = "them" if named else "the authors"
        named = True
        return new[0].upper() + new[1:] if capital else new

    changed = PRONOUN.sub(replace, sentence)
    return _about_author(changed) if "I " in changed or "my " in changed or "My " in changed else changed


def _about_author(sentence: str) -> str:
    """The same for a paper of one author, whose verbs change ("I show" → "The author shows")."""
    if not SINGLE_HINT.search(sentence):
        return sentence
    finite = True

    def replace(found: re.Match[str]) -> str:
        nonlocal finite
        finite = finite and found[2] not in UNCHANGED
        adverb = f"{found[1]} " if found[1] else ""
        return f"the author {adverb}{third_person(found[2])}"

    changed, count = SINGLE.subn(replace, sentence)
    if count and finite:
        changed = SINGLE_COORDINATED.sub(lambda f: f"{f[1]} {f[2] or ''}{third_person(f[3])}", changed)
    changed = re.sub(r"\bmy\b", "the author's", re.sub(r"\bMy\b", "The author's", changed))
    return capitalize(changed)


def standing_alone(sentence: str) -> str:
    """The sentence with "the" for a "this" or "these" in front of a noun that only an earlier sentence explains."""
    if " this " not in sentence and " these " not in sentence:
        return sentence
    spans = math_spans(sentence) if "$" in sentence else []

    def replace(found: re.Match[str]) -> str:
        word = sentence[found.end() + 1 :].split(" ", 1)[0].rstrip(",.;:")
        plural = word.endswith("s") and not word.endswith("ss")
        verb = plural and found[0] == "this"
        return found[0] if verb or any(start <= found.start() < end for start, end in spans) else "the"

    return INNER_POINTER.sub(replace, sentence)


ELLIPSIS = re.compile(r"(?:\.{2,}|…)$")


NEXT_MARKER = re.compile(r"(?<=[.;:])\s+\(?\d{1,2}[.)]$")
"""The number of the next member of a list, left at the end of a sentence: "… NP-complete. 4."."""


def with_full_stop(sentence: str) -> str:
    """The sentence with final punctuation; a colon, comma or dash at its end gives way to a full stop."""
    sentence = sentence.rstrip()
    if sentence[-1:] in (".", ")") and sentence[-2:-1].isdigit():
        sentence = NEXT_MARKER.sub("", sentence)
    if sentence.endswith(("..", "…")):
        sentence = ELLIPSIS.sub(".", sentence)
    core = sentence.rstrip("\"'”’)]$")
    if core and core[-1] in ".!?。！？…":
        return sentence
    if sentence and sentence[-1] in ENDS:
        return f"{sentence}."
    return f"{sentence.rstrip(' ,;:–—-')}."


ADDRESS_LINE = re.compile(
    r"((?:The )?(?:[Ss]ource |[Oo]ur )?(?:[Cc]ode|[Dd]ata|[Dd]atasets?|[Mm]odels?|[Dd]emo|[Pp]roject (?:[Pp]age"
    r"|[Ww]ebsite)|[Ww]ebsite|[Hh]omepage|[Rr]epository|[Cc]ode and (?:[Dd]ata|[Mm]odels))) ?(?:[:;]|link:|at|@)\s+"
    r"(?=(?:https?://|www\.)\S+$)"
)
"""What stands before a bare address."""


def retell(sentence: str, background: bool = False) -> str:
    """The sentence as it stands in a summary: opening dropped, first person turned, full stop set."""
    told = without_opening(sentence)
    if "://" in told or "www." in told:
        told = ADDRESS_LINE.sub(r"\1 can be found at ", told, count=1)
    told = about_authors(told, background)
    if told.startswith(("This ", "These ")):
        told = POINTER.sub("The", told, count=1)
    if "he authors " in told:
        told = SEQUENCE.sub("", told, count=1)
    return with_full_stop(told)
