"""Phrases by which requests give their aim away, in the languages of the larger campaigns.

Trace: to write out reasoning that a model keeps to itself. Grading: to act as the reward of
another model's training. Making: to produce training data. Public wording aims at nothing.
“Think step by step” is everybody's and not counted. Patterns are RE2, for lower-cased text.
"""

from __future__ import annotations

_TRACE = (
    r"(hidden|internal|inner|private|complete|full|entire|whole|verbatim|unabridged)[^.\n]{0,40}"
    r"(reasoning|thinking|thought process|chain of thought|monologue|scratchpad|deliberation)",
    r"(reasoning|thinking|monologue|scratchpad)[^.\n]{0,50}(verbatim|hidden|nothing back"
    r"|not? (skip|omit)"
    r"|in full|between <|behind (the|this) (finished|final))",
    r"chain[- ]of[- ]thought|<think|<thought|<scratchpad|<reasoning"
    r"|thoughts?, (action|command|tool call)s?,? and (observation|result)|trajectory"
    r"|reasoning trace",
    r"思维链|思考过程|内心独白|(内部|隐藏|完整)的?(内部|隐藏|完整)?的?(推理|思考|思维)"
    r"|推理(过程|步骤|轨迹)|完整轨迹",
    r"思考[、，](命令|动作|行动)|思考過程|(隠れた|内部の)(推論|思考)|推論の(手順|過程)|思考の連鎖|思考・",
    r"(추론|사고) ?과정|내부 (추론|사고)|생각의 사슬",
    r"(ход|цепочк\S*|шаг\S*) (мысл|рассужд)\S*|(скрыт|внутренн)\S* (\S+ )?(рассужд|мысл|шаг"
    r"|цепочк)\S*",
    r"(razonamiento|pensamiento|monólogo) (interno|oculto|completo|interior)"
    r"|cadena de (pensamiento|razonamiento)",
    r"(inneren?|vollständigen?|versteckten?|verborgenen?) (\S+ )?(gedankengang|überlegung"
    r"|denkprozess)|gedankenkette",
    r"(raisonnement|pensée|monologue) (interne|caché|complet|intérieur)|chaîne de (pensée"
    r"|raisonnement)",
    r"(raciocínio|pensamento) (interno|oculto|completo)|cadeia de (pensamento|raciocínio)",
    r"سلسلة (التفكير|الأفكار)|التفكير الداخلي|traza completa|轨迹",
)
_GRADING = (
    r"rubric|impartial judge|strict (grader|judge)|reward (model|score|between)"
    r"|preference (data|pair)",
    r"(score|rate|grade|rating|integer|number)[^.\n]{0,50}\b(0|1)( |\b)?(-|–|to|and)( )?(1"
    r"|5|10|100)\b",
    r"(verdict|score|integer|number|letter|label [ab]|a or b)[^.\n]{0,30}( only"
    r"|nothing else|no other text)",
    r"(only|just) the (score|verdict|rating)|(answer|response)s? (a|b|1"
    r"|2)\b[^.\n]{0,60}(better|prefer)",
    r"评分(标准|细则|员|规则)|打分|奖励模型|偏好数据|只(输出|给|打印)"
    r"[^。\n]{0,16}(分|整数|a ?或 ?b)"
    r"|裁判",
    r"採点|評価基準|(整数|数字|スコア)のみ|数字だけ|報酬モデル"
    r"|채점|평가 기준|점수만",
    r"рубрик|оцени\S* (ответ|кандидат)|только (целое )?(число|балл)|критери\S* оцен",
    r"rúbrica|puntúa|califica (la|esta) respuesta|bewerte die antwort|nur eine zahl"
    r"|grille d'évaluation|barème"
    r"|avalie a resposta|rubrica",
)
_MAKING = (
    r"(generate|create|write|produce|evolve|invent)[^.\n]{0,50}(instruction|user request"
    r"|new question"
    r"|dialogue between|sample conversation|qa pair|q&a pair)",
    r"instruction, input|self[- ]instruct|training (data|set|example|sample)"
    r"|synthetic (data|sample|example)"
    r"|function[- ]calling sample|evolve (this|the) instruction|fine[- ]?tun",
    r"(生成|编写|写)[^。\n]{0,16}(指令|新问题|样本)|训练(数据|样本)|微调|合成数据|函数调用样本",
    r"学習データ|訓練データ|학습 데이터"
    r"|обучающ\S* (данн|пример|выборк)|datos de entrenamiento|trainingsdaten"
    r"|données d'entraînement|dados de treino",
)

# Wording that anybody knows: benchmark harnesses, published judges, lists of popular prompts.
_PUBLIC = (
    r"act as an impartial judge and evaluate|there are 15 trees in the grove",
    r"let'?s think step by step|put (your|the) final answer (within|in) .?boxed",
    r"multiple[- ]choice questions?( \(with answers\))? about|\nanswer:$|\bq: .*\ba:",
    r"who evaluates and selects the best large language model|complete the (following )?function",
    r"i want you to act as an? |you are going to act as a dan|ignore all the instructions you got",
    r"you are (now )?chatgpt, a large language model|我想让你(充当|担任)|我希望你(充当|担任)",
)


def intent_patterns() -> dict[str, str]:
    """Each aim's pattern, by name, as parameters of `habits.sql`."""
    return {
        "trace": "|".join(_TRACE),
        "grading": "|".join(_GRADING),
        "making": "|".join(_MAKING),
        "public": "|".join(_PUBLIC),
    }
