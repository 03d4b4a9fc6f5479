"""A text is in the language asked for, throughout; formulas, names and short texts are in any."""

from __future__ import annotations

import pytest

from tests.summaries.checks.papers import kinds

GERMAN = "Dünn besetzte Tore verringern die Wartezeit auf drei Korpora, ohne dass die Genauigkeit merklich leidet."
FRENCH = "Les portes creuses réduisent la latence sur trois corpus de parole, sans perte notable de précision."
SPANISH = "Las puertas dispersas reducen la latencia en tres corpus de habla sin una pérdida notable de precisión."
ENGLISH = "Sparse gates reduce the latency on three corpora of speech, with hardly any loss of accuracy."
CHINESE = "稀疏门控在三个语料库上降低了延迟，准确率几乎不变。"
JAPANESE = "疎なゲートは三つのコーパスで遅延を減らし、精度はほとんど変わらないことが示された。"
KOREAN = "희소 게이트는 세 개의 음성 말뭉치에서 지연을 줄이며 정확도는 거의 변하지 않는다."
RUSSIAN = "Разреженные вентили уменьшают задержку на трёх корпусах речи, почти не теряя в точности."
UKRAINIAN = "Розріджені вентилі зменшують затримку на трьох корпусах мовлення, майже не втрачаючи точності."
TEXTS = {
    "de": GERMAN, "fr": FRENCH, "es": SPANISH, "en": ENGLISH, "zh": CHINESE, "ja": JAPANESE, "ko": KOREAN,
    "ru": RUSSIAN, "uk": UKRAINIAN,
}  # fmt: skip
OF_LANGUAGE = {"wrong_language", "mixed_languages"}


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_in_the_language_raises_nothing(language: str) -> None:
    assert kinds(TEXTS[language], language=language).isdisjoint(OF_LANGUAGE)


@pytest.mark.parametrize("asked", TEXTS)
@pytest.mark.parametrize("written", TEXTS)
def test_a_text_in_another_language_is_found(asked: str, written: str) -> None:
    if asked != written:
        assert kinds(TEXTS[written], language=asked) & OF_LANGUAGE


@pytest.mark.parametrize(
    ("opening", "language"),
    [
        ("本文结果 ", "zh"),
        ("本文作者指出以下内容是这样的 ", "zh"),
        ("この論文の結果は次のとおりである ", "ja"),
        ("이 논문의 결과는 다음과 같다 ", "ko"),
    ],
)
def test_a_few_words_of_the_language_before_english_ones_are_no_text_in_it(opening: str, language: str) -> None:
    assert "wrong_language" in kinds(f"{opening}{ENGLISH}", language=language)


@pytest.mark.parametrize("text", [GERMAN, CHINESE, RUSSIAN])
def test_an_extract_is_in_the_language_of_its_abstract(text: str) -> None:
    assert kinds(text, extractive=True).isdisjoint(OF_LANGUAGE)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A quasi-normal mode analysis indicates stability of remnants.", "en"),
        ("Code: https://example.org/gates-de-la-vitesse-en-france.", "en"),
        ("Fix a finite field $\\mathbb{F}$ and $\\sum_{i=1}^n x_i^2 = y$ over it.", "en"),
        ("Non-archimedean Lovász-Saks-Schrijver ideals admit Gröbner bases.", "en"),
        ("SGN-XL: GPU, TPU, NPU.", "en"),
        ("SGN是一种稀疏门控网络（Sinkhorn Gate Network），在GPU上运行很快。", "zh"),
        ("在GPU上比Sinkhorn和Gate更快的稀疏门控（sparse gates that listen to three corpora of speech）。", "zh"),
        ("误差界为$O(\\frac{1}{\\sqrt{d}})$，其中$d$为网络的平均度数。", "zh"),
        ("Das SGN ist ein „Sinkhorn Gate Network“ und läuft auf zwei Grafikkarten schneller als zuvor.", "de"),
    ],
)
def test_names_formulas_and_addresses_are_in_no_language(text: str, language: str) -> None:
    assert kinds(text, language=language).isdisjoint(OF_LANGUAGE)


def test_a_foreign_word_in_the_middle_is_found_unless_the_abstract_has_its_script() -> None:
    text = "Sparse gates can预测 the next word, and they reduce the latency on three corpora."
    assert "mixed_languages" in kinds(text)
    about = "We predict words such as 预 and 测 on three corpora, with sparse gates and low latency."
    assert kinds(text, abstract=about).isdisjoint(OF_LANGUAGE)


def test_a_language_that_nothing_is_known_of_is_not_judged() -> None:
    assert kinds(
        "Porti sparsi tnaqqas il-latenza fuq tliet corpora tad-diskors mingħajr telf.", language="xx"
    ).isdisjoint(OF_LANGUAGE)
