#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, manual and completion need no database, and no operation is without them.
. "$PN_SRCDIR/tests/cli/tap.sh"
PN_DSN='host=/nonexistent' && export PN_DSN

pn --help
gives 'pn NOUN VERB' 'pn --help'
"$pn" -h >short 2>&1
check 'pn -h is the same' cmp short out
check 'no name runs into what it means' sh -c "! grep -q 'simulateBe' out"
check 'names of two words stand apart' grep -q 'printer simulate  *Be a' out
pn
says 2 'pn NOUN VERB' 'pn alone explains itself and fails'
pn version
gives piaoniu 'pn version'
pn --version
gives piaoniu 'pn --version'

operations >ops
check 'there are operations' test -s ops
bad=
while read -r noun verb; do
    "$pn" "$noun" "$verb" --help >help 2>err && grep -q -F "pn $noun $verb" help &&
        [ ! -s err ] || bad="$bad $noun.$verb"
done <ops
: >err
check "every operation has help$bad" test -z "$bad"

pn manual man
status 0 'pn manual writes the pages'
check 'pn.1 is there' test -s man/pn.1
bad=
while read -r noun verb; do
    grep -q -F -x ".SS \"pn $noun $verb\"" "man/pn-$noun.1" || bad="$bad $noun.$verb"
done <ops
check "every operation is in a manual page$bad" test -z "$bad"
bad=
for page in $(sed -n 's/^Documentation=man:\(.*\)(\(.\))$/\1.\2/p' \
    "$PN_SRCDIR"/data/systemd/*.service.in); do
    [ -s "$PN_SRCDIR/man/$page" ] || bad="$bad $page"
done
check "the units name pages that exist$bad" test -z "$bad"
bad=
for page in man/*.1; do
    cmp -s "$page" "$PN_SRCDIR/man/${page#man/}" || bad="$bad ${page#man/}"
done
check "the committed pages are these (make regen)$bad" test -z "$bad"
if command -v groff >/dev/null; then
    for page in man/*.1; do
        groff -Kutf8 -man -ww -Wbreak -Tutf8 "$page" 2>&1 >paper | sed 's/^/#  /' >>err
    done
    : >out
    check 'groff has nothing to complain about' test ! -s err
else
    skip 'groff has nothing to complain about' 'groff is not installed'
fi
mkdir closed && chmod 500 closed
if [ "$(id -u)" != 0 ]; then
    pn manual closed/deep/man
    says 74 'Cannot create' 'pn manual into a folder that cannot be made'
else
    pn manual /dev/null/man
    says 74 'Cannot create' 'pn manual into a folder that cannot be made'
fi

bad=
while read -r noun verb; do
    "$pn" __complete -- "$noun" "$verb" -- | grep -q '^--output' || bad="$bad $noun.$verb"
    "$pn" "$noun" "$verb" --help | sed -n 's/^  --\([a-z0-9-]*\).*/--\1/p' | sort -u >flags
    "$pn" __complete -- "$noun" "$verb" -- | cut -f1 | sort -u >offered
    [ -z "$(comm -23 flags offered)" ] || bad="$bad $noun.$verb"
done <ops
: >err
check "every flag of every operation completes$bad" test -z "$bad"
pn __complete -- cit
check 'a noun completes' grep -q '^city' out
pn __complete -- audit list -o j
check 'a value completes in the case of the typist' grep -q '^jsonl' out
pn __complete -- audit list --output J
check 'in capitals too' grep -q '^JSONL' out
pn __complete -- audit list --output=
status 0 'a half-typed flag is no error'
pn __complete -- batch ''
check 'a file completes as a file' grep -q '^__files__' out
pn complete bash
cp out pn.bash
check 'bash accepts its script' bash -n pn.bash
cat >try.bash <<'END'
. ./pn.bash
COMP_WORDS=(pn audit li) COMP_CWORD=2
_pn
echo "${COMPREPLY[@]}"
END
mkdir bin && ln -s "$pn" bin/pn
run env PATH="$work/bin:$PATH" bash try.bash
gives list 'bash completes a verb'
if command -v zsh >/dev/null; then
    "$pn" complete zsh >pn.zsh
    check 'zsh accepts its script' zsh -n pn.zsh
else
    skip 'zsh accepts its script' 'zsh is not installed'
fi
pn complete fish
says 2 'bash or zsh' 'an unknown shell'

pn help timeline
gives 'pn order show' 'pn help finds a word'
pn help 票
gives 'pn ' 'pn help finds a Chinese word whatever the language'
pn help city list
gives 'pn city list' 'pn help NOUN VERB is its help'
pn help zzzqqq
says 2 zzzqqq 'pn help of what nobody mentions'
pn --lang zh_CN --help
gives 票牛 '--lang zh_CN'
run env LANGUAGE=zh_CN "$pn" --help
gives 票牛 'LANGUAGE=zh_CN'
run env -u LANGUAGE LC_ALL=zh_CN.UTF-8 "$pn" --help
gives 票牛 'LC_ALL=zh_CN.UTF-8, whether or not the locale is installed'
run env -u LANGUAGE LC_ALL=C "$pn" --help
gives Nouns 'the C locale is English'
done_testing
