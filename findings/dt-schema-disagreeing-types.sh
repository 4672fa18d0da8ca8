#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# dt-mk-schema of dt-schema 2025.08 is made to warn of two schemas that give a property types which it
# cannot tell apart in a blob, a number and an array of numbers say. It cannot: it looks the schemas up
# under their $id as written, with the # at the end that every $id must have, and has them without.
# So where bindings disagree anywhere, it ends with a KeyError, and there is no processed schema.
# To get on: lab/kernel/dt-mk-schema is it with that function mended.
. "$(dirname "$0")/common.sh"

unpack root amd64 dt-schema=2025.08-1.2~bpo13+1

# schema NAME TYPE: a binding with one property of its own.
schema() {
    cat >"bindings/example,$1.yaml" <<END
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
%YAML 1.2
---
\$id: http://devicetree.org/schemas/example,$1.yaml#
\$schema: http://devicetree.org/meta-schemas/core.yaml#
title: A device called $1
maintainers:
  - Nobody <nobody@example.org>
properties:
  compatible:
    const: example,$1
  example,level:
    \$ref: /schemas/types.yaml#/definitions/$2
    description: How much of it
required:
  - compatible
additionalProperties: false
END
}
mkdir bindings
first=bindings/example,first.yaml second=bindings/example,second.yaml
process() { inside root dt-mk-schema -j -o processed.json "$first" "$second" >said 2>&1; }
written() { [ -s processed.json ] && echo written || echo none; }

schema first uint32
schema second uint32
process || cat said
compare 'two schemas that agree: the processed schema' written written "$(written)"
rm -f processed.json

schema second uint32-array
inside root dt-doc-validate bindings
process || true
compare 'two that disagree, each of which is valid: the processed schema' written none "$(written)"
compare 'what was said last' \
    "$second: example,level: multiple incompatible types: uint32-array" \
    "KeyError: 'http://devicetree.org/schemas/example,first.yaml#'" "$(tail -n 1 said)"
conclude
