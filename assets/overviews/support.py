"""Whether the words of a sentence are those of its papers: as a whole, clause by clause, and name by name.

Words are compared by their first letters, in which "optimizes" is "optimization". What tells nothing about a paper (the
frames of our own sentences, and the words in which summaries speak of any paper) is left out.

The thresholds were set on one half of the English summaries that models wrote for public digests (2,178 texts without a
defect, halved by a hash of the paper's id) and judged on the other half (2,122): see `docs/benchmarks.md`, which
`python -m benchmarks.overview_mutations` fills. Sentences that rules take from an abstract have no foreign word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

LETTERS = 5
NOVEL = 0.55
"""Share of a sentence's telling words that may be foreign to its papers."""
FOREIGN_WORDS, FOREIGN_CLAUSE = 3, 0.8
"""A clause of which so many telling words, and such a share of them, are foreign was put in by somebody else."""
WORLDLY_WORDS = 2
"""Foreign words that suffice where one of them speaks of the world outside the paper (WORLDLY)."""

WORD = re.compile(r"[^\W\d_]{3,}")
CLAUSE = re.compile(
    r"(?:[,;:—–]|\s-\s|[.?!]\s)\s*|\s+(?=(?:and|but|while|whereas|which|because|although|though|so|thus|thereby|yet)\b)"
)
NAME = re.compile(r"(?<![\w’'-])[A-Z][a-z]+[a-z](?![\w-])")
OPENING = re.compile(r"(?:^|[.:!?;“‘\"(]\s*)$")
_FRAME = """
    according report reports authors author comment paper papers work study article survey review thesis note
    tutorial they their and that the from for with are was were has have this its into which while also not but
    can than more another elsewhere further
"""
_REPORTING = """
    abili about acces accur achie acros adapt addit addre adjus advan affec again align allow along alter analy appli
    apply appro art asses augme avoid aware balan based basel behav being benef best bette betwe beyon boost both bridg
    broad calle capab cases certa chall close combi compa compe compl compr condi condu confi consi const conte contr
    cost costs creat criti cross cruci curre defin deliv deman demon depen deriv desig despi devel diffe discu disti
    diver domai drive due durin dynam effec effic elimi empha empir emplo enabl enhan ensur envir error espec estab
    evalu even evide exami excel exist exper expla explo exten facil fast faste feasi featu field findi focus follo
    found frame free full futur gain gains gap gaps gener guara guide handl high highe highl how ident impac imple impor
    impro inclu incor incre indic infor innov insig inste integ inter intro inves invol issue key large leadi less level
    lever like limit low lower maint makin manag match measu mecha metho metri minim mitig model modif multi near neces
    need needs new notab novel offer offs ones only optim other outco outpe over overc parti pavin perfo plann plus
    posit poten power pract preci prese preve previ princ prior probl proce produ promi prope propo prove provi quali
    quant rates rathe real reduc refin relat relea relia relyi repli repre requi resea resol resou resul revea robus
    scala scale scena score selec sets setti show showc showe showi shows signi simpl solut sourc speci stabi stand
    state strat stron struc strug studi subst succe such sugge suita super suppo surpa tackl tailo tasks techn terms
    teste tests them then theor these thoug throu time tool tools towar trade tradi trans tuned tunin types under use
    used uses using utili valid varia varie vario varyi versu via viabl way well when where withi witho world yet yield
"""
FRAME = frozenset(word[:LETTERS] for word in _FRAME.split()) | frozenset(_REPORTING.split())
"""Words of the frames and, by their first letters, those that were foreign to the abstract in five or more summaries of
the first half: what one says of any paper, and what its abstract need not say."""
_WORLDLY = """
    adopt alrea award bestse bough busin citie clini comme commi compa consu count court custo deplo distr downl earni
    endor every exper famou fda final gover histo hospi house indus inves invest lawsu launc legal licen ministr marke
    milli billi nobel offic paten peopl phone polic popul price prize profi publi regul reven rolle ship ships shipp
    sold start stock suppl vendo voter week weeks win wins won years
"""
WORLDLY = frozenset(word[:LETTERS] for word in _WORLDLY.split())
"""First letters of words that speak of use, money, fame and rule in the world, which an abstract must say itself."""


def stems_of(text: str) -> list[str]:
    """The words of a text by their first letters."""
    return [word[:LETTERS] for word in WORD.findall(text.lower())]


def telling(text: str) -> list[str]:
    """Those among them that tell something about a paper."""
    return [stem for stem in stems_of(text) if stem not in FRAME]


def foreign_share(text: str, known: Collection[str]) -> float:
    """The share of a text's telling words that are not among the known (`stems_of` its papers); 0 without any."""
    words = telling(text)
    return sum(word not in known for word in words) / len(words) if words else 0.0


def foreign_clause(text: str, known: Collection[str]) -> str | None:
    """A clause that is foreign to the papers, however well the rest fits; None without one."""
    for clause in filter(None, CLAUSE.split(text)):
        # Outside the telling words, "already" and "company" still are what only the paper itself may say.
        words = [stem for stem in stems_of(clause) if stem not in FRAME or stem in WORLDLY]
        foreign = [stem for stem in words if stem not in known]
        if not words or len(foreign) / len(words) < FOREIGN_CLAUSE:
            continue
        if len(foreign) >= FOREIGN_WORDS or (len(foreign) >= WORLDLY_WORDS and any(s in WORLDLY for s in foreign)):
            return str(clause).strip()
    return None


def foreign_name(text: str, known: Collection[str], said: str) -> str | None:
    """A name that no paper holds (`said`: their texts in lower case), other than a word that begins a sentence."""
    for found in NAME.finditer(text):
        name = found[0].lower()
        if OPENING.search(text[: found.start()]) or name[:LETTERS] in known or name in said:
            continue
        if name[:LETTERS] not in FRAME:
            return found[0]
    return None


def sentences_of(text: str) -> Iterable[str]:
    """A text cut at its full stops."""
    return filter(None, re.split(r"(?<=[.;!?])\s+", text))
