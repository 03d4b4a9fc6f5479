-- The latest summary of each paper and language on its day, with what is filled in it.
SELECT
    day,
    paper_id,
    language,
    version,
    status,
    model,
    prompt_version,
    -- An empty text is no text: a field is filled when it has a character that is not a blank.
    coalesce(trim(tldr) <> '', false) AS has_tldr,
    coalesce(trim(motivation) <> '', false) AS has_motivation,
    coalesce(trim(method) <> '', false) AS has_method,
    coalesce(trim(result) <> '', false) AS has_result,
    coalesce(trim(conclusion) <> '', false) AS has_conclusion,
    coalesce(trim(practical) <> '', false) AS has_practical,
    coalesce(len(keywords) > 0, false) AS has_keywords,
    has_tldr AND has_method AND has_result AS has_required,
    has_required AND status <> 'pending' AS is_complete,
    reason,
    input_tokens,
    output_tokens,
    cost_usd,
    attempts,
    seconds,
    created_at
FROM summaries
QUALIFY row_number() OVER (PARTITION BY day, paper_id, language ORDER BY created_at DESC, version DESC) = 1
