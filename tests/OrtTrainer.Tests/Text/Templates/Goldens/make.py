"""Renders conversations with Jinja as transformers sets it up, into renderings.json beside this file.

python3 make.py, with jinja2 3.1 installed. Templates are *.jinja beside it, snippets are below.
"""
import json
import pathlib

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_write"), [], [], body).set_lineno(line)

    def _write(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def dumps(x, ensure_ascii=False, indent=None):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent)


environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
environment.filters["tojson"] = dumps
environment.globals["raise_exception"] = refuse

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None}
CONVERSATIONS = {
    "question": [{"role": "user", "content": " Who are you? "}],
    "turn": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello, you."}],
    "system": [
        {"role": "system", "content": "Be brief.\nAlways."},
        {"role": "user", "content": "Grüße 👋"},
        {"role": "assistant", "content": " Hello\n"},
        {"role": "user", "content": "Bye"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nGoodbye."},
    ],
    "none": [],
}
SNIPPETS = [
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n",
    "a  {%- if true -%}  b  {%- endif -%}  c\n\n",
    "a\n  {%+ if true %}\nb{% endif +%}\n  c",
    "  {# gone #}\n  a {#- b -#} c\n{# d #}",
    "x {{- ' y ' -}} z {{ 1 }}\n{{ 2 }}\n",
    "{{ {'a': {'b': 1}} }}|{{ [1, 2.5, 'x', none, true] }}|{{ {'a': \"it's\"} | tojson }}",
    "{{ {'a': [1, {'b': []}], 'ü': 'l\nm\t\"'} | tojson(indent=2) }}",
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 * 3 + 1 - 4 }} {{ 1 ~ 'a' ~ none }}",
    "{{ 'abc'[1] }} {{ 'abc'[-1] }} {{ 'abcdef'[1:4] }} {{ 'abcdef'[::-1] }} {{ [1,2,3,4][::2] }} {{ [1,2,3][-2:] }}",
    "{{ 'abcdef'[4:1:-1] }} {{ [1,2,3][:-1] }} {{ '👋ab'[1:] }} {{ '👋ab' | length }} {{ [][1:] }}",
    "{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 'a' in 'cab' }} {{ 2 not in [1, 3] }} {{ 'k' in {'k': 1} }} {{ 1 == 1.0 }}",
    "{{ not 1 == 2 }} {{ not (true and false) or false }} {{ none or 'x' }} {{ '' and 'y' }} {{ 'a' if false }}|",
    "{{ x is defined }} {{ x is not defined }} {{ none is none }} {{ 'a' is string }} {{ 1 is number }} {{ [] is iterable }}",
    "{{ {} is mapping }} {{ 3 is odd }} {{ 3 is divisibleby 3 }} {{ 3 is in [3] }} {{ true is true }} {{ 1 is not none and 2 }}",
    "{{ '  a b '.strip() }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'xxaxx'.rstrip('x') }}|{{ ' a  b c '.split() }}",
    "{{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a</t>b'.split('</t>')[-1] }} {{ ''.split(',') }} {{ ''.split() }}",
    "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'ab ab'.replace('ab', 'c', 1) }} {{ 'hELLO wORLD'.title() }}",
    "{{ 'hELLO'.capitalize() }} {{ 'a\nb\n'.splitlines() }} {{ 'banana'.find('n') }} {{ 'banana'.count('an') }} {{ '-'.join(['a', 'b']) }}",
    "{{ ' a ' | trim }}|{{ 'a-b' | replace('-', '+') }}|{{ [3, 1] | first }} {{ [3, 1] | last }} {{ 'ab' | upper }} {{ x | default('d') }}",
    "{{ '' | default('d', true) }} {{ [1, 2] | join(', ') }} {{ {'a': 1, 'b': 2}.items() | list | length }} {{ '3' | int + 1 }}",
    "{{ [{'n': 1, 'k': true}, {'n': 2, 'k': false}] | selectattr('k') | map(attribute='n') | list }}",
    "{{ [{'n': 1}, {'n': 2}] | rejectattr('n', 'equalto', 1) | list }} {{ ['a', 'b'] | map('upper') | join }} {{ [0, 1] | select | list }}",
    "{{ 'a\nb\n\nc' | indent(2) }}|{{ 'abc' | reverse }}|{{ [1, 1, 2] | unique | list }}|{{ 'x' | string }}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% for i in range(5) if i % 2 == 0 %}{{ loop.index }}:{{ i }}/{{ loop.length }}{{ loop.revindex }} {% else %}none{% endfor %}",
    "{% for i in [] %}a{% else %}none{% endfor %}{% for i in [1, 2, 3] %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(9) %}{% if i == 3 %}{% break %}{% endif %}{{ loop.previtem }}{{ loop.nextitem }} {% endfor %}",
    "{% set n = 0 %}{% for i in [1, 2] %}{% set n = n + i %}{{ n }}{% endfor %}{{ n }}",
    "{% set ns = namespace(n=0, found=false) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{{ ns.found }}",
    "{% set t %}a {{ 1 }}\n b{% endset %}[{{ t }}]{% set a, b = 1, 2 %}{{ b }}{{ a }}",
    "{% macro m(a, b='x') %}<{{ a }}{{ b }}>{% endmacro %}{{ m(1) }}{{ m('q', b=2) }}{{ m(b=3, a=4) | trim }}",
    "{% if 0 %}a{% elif '' %}b{% elif [1] %}c{% else %}d{% endif %}{{ 'yes' if x else 'no' }}",
    "{{ messages[5] }}|{{ x }}|{{ messages | length }}|{{ ('a', 'b')[1] }}|{{ 'a' 'b' }}|{{ \"\\u00e9\\n\\'\" }}|",
    "{% for m in messages %}{{ loop.cycle('a', 'b') }}{{ m.role }}{{ m['nothing'] }}{{ m.get('name', '-') }}{% endfor %}",
    "{% for m in messages | selectattr('role', 'equalto', 'user') | list %}{{ m['content'] | tojson | safe }}{% endfor %}",
    "{{ messages | rejectattr('role', 'in', ['user']) | map(attribute='role') | unique | list }} {{ messages | map('length') | list }}",
    "{%- set ns = namespace(is_first=false, system='') -%}\n{%- for m in messages %}{%- if m['role'] == 'user' -%}\n"
    "{%- set ns.is_first = true -%}{{'<|User|>' + m['content']}}{%- endif -%}{%- endfor -%}{{ ns.is_first }}",
    "{% set a = [] %}{% for m in messages %}{% set a = a + [m.role] %}{% endfor %}{{ a }}{% set x = 'y' if a else 'n' %}{{ x }}",
    "{% if messages | length > 1 and not (messages | first).x is defined and messages[-1].role != 'user' %}ok{% endif %}",
    "{% macro show(v, depth=0) -%}\n  {%- if v is mapping -%}\n  {%- for k, w in v.items() -%}{{ k }}:{{ show(w, depth + 1) }};{%- endfor -%}\n"
    "  {%- elif v is iterable and v is not string -%}[{% for w in v %}{{ show(w) }}{% if not loop.last %},{% endif %}{% endfor %}]\n"
    "  {%- else -%}{{ v }}@{{ depth }}{%- endif -%}\n{%- endmacro -%}\n{{ show({'a': [1, {'b': 2}], 'c': 'd'}) }}",
    "{% for m in messages %}{% if not loop.last and messages[loop.index0 + 1].role == 'assistant' %}next{% endif %}{% endfor %}",
    "{% for a in [1, 2] %}{% for b in 'xy' %}{{ loop.index }}{{ loop.depth }}{{ b }}{% endfor %}{{ loop.index0 }}{% endfor %}",
    "{%- if false %}a{%- elif none is none %}\n    b\n{%- else %}c{%- endif %}\n\nd  \n",
    "{{ 'a' if messages[0]['role'] == 'user' and messages[0].content is string else raise_exception('x') }}{{ '' }}{{- '' }} z",
    "{{ (messages[0].content ~ '!')[:2] }}{{ messages[0]['content'][0] }}{{ (1, 2) }}{{ [] or none }}{{ 3 * 'ab' }}{{ not none }}",
    "{{ {'b': 1, 'a': 2} | dictsort }}{{ {'x': {'y': 3}} | items | list }}{{ {'a': 1}.get('b', 'c') }}{{ 'B' | lower ~ 1 }}",
    "{# a\n {{ b }} #}x{#- y -#}\n z {#+ keep #}\n{{ \"it's\" }} {{ 'say \"x\"' }} {{ ['it\\'s', \"a\\\\b\"] }}",
    "{% for i in range(2, 8, 3) %}{{ i }},{% endfor %}{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}{{ range(3) | list | last }}",
    "{%- for m in messages -%}\n  {{ m.role }}\n  {%- if loop.first %}\n  first\n  {% endif -%}\n{%- endfor -%}\n",
    "{{ dict(a=1).a }} {{ {'items': 3}['items'] }} {{ 'x' is in 'xyz' }} {{ 2 is eq 2 }} {{ 1.0 }} {{ 1.5 | int }} {{ -3 | abs }}",
]

here = pathlib.Path(__file__).parent
sources = {path.name: path.read_text() for path in sorted(here.glob("*.jinja"))}
sources |= {f"snippet {number}": text for number, text in enumerate(SNIPPETS)}
cases = []
for name, source in sources.items():
    for conversation, messages in CONVERSATIONS.items():
        if name.startswith("snippet") and conversation != "turn":
            continue
        for asks in (False, True):
            try:
                text = environment.from_string(source).render(
                    **TOKENS, messages=messages, add_generation_prompt=asks)
            except jinja2.exceptions.TemplateError as failure:
                text = None
            cases.append({"template": name, "source": source if name.startswith("snippet") else None,
                          "conversation": conversation, "asks": asks, "text": text})
            if name.startswith("snippet"):
                break
content = {"tokens": {k: v for k, v in TOKENS.items() if v}, "conversations": CONVERSATIONS, "cases": cases}
(here / "renderings.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
