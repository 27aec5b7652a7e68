# SPDX-License-Identifier: Apache-2.0
# schema.awk — the database rules R1-R7, read off the migrations. All files in one run, in order.
function fail(words) { print where ": " words }
function trim(s) { gsub(/^ +| +$/, "", s); return s }

# The parts of "a, b(c, d), e" at depth 0 into part[1..]; returns how many.
function parts(text,    i, c, depth, n) {
    split("", part)
    n = 1
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        depth += (c == "(") - (c == ")")
        if (c == "," && depth == 0)
            n++
        else
            part[n] = part[n] c
    }
    return n
}

# The text between the first "(" of s and its match.
function inside(s,    i, c, depth, start) {
    start = index(s, "(")
    for (i = start; i <= length(s); i++) {
        c = substr(s, i, 1)
        depth += (c == "(") - (c == ")")
        if (depth == 0)
            return substr(s, start + 1, i - start - 1)
    }
    return ""
}

# The columns in the parentheses that follow `word` in p.
function of(p, word) { return trim(inside(substr(p, index(p, word)))) }

function table(s,    name, body, n, i, p) {
    name = s
    sub(/^create (unlogged )?table (if not exists )?/, "", name)
    sub(/[ (].*/, "", name)
    if (s ~ / partition of /)
        return
    body = inside(s)
    seen[name] = where
    n = parts(body)
    for (i = 1; i <= n; i++) {
        p = trim(part[i])
        if (i == 1)
            first[name] = p
        if (p ~ /primary key/) {
            key[name] = p ~ /primary key *\(/ ? of(p, "primary key") : p
            sub(/[ ,].*/, "", key[name])
        }
        if (p ~ /(^| )unique/)
            uniques[name] = uniques[name] ";" \
                (p ~ /unique( nulls not distinct)? *\(/ ? of(p, "unique") : p)
        if (p ~ /^(constraint [a-z_]+ )?exclude/)
            excludes[name] = excludes[name] ";" p
        if (p ~ /references/)
            refs[name] = refs[name] ";" p
    }
}

function statement(s,    name, how) {
    s = trim(s)
    if (s == "")
        return
    if (s ~ /^create type .* as enum/) fail("R5: an enum; use text and CHECK")
    if (s ~ /^create (constraint )?trigger/) fail("R4: a trigger")
    if (s ~ /^create (or replace )?rule/) fail("R4: a rule")
    if (s ~ /[a-z0-9_] (big|small)?serial[248]?([ ,)]|$)/)
        fail("R7: a serial; ids come from the application")
    if (s ~ /generated (always|by default) as identity/)
        fail("R7: an identity; ids come from the application")
    if (s ~ /^create (unlogged )?table/) table(s)
    if (s ~ /^create unique index/) {
        name = s
        sub(/^.* on /, "", name)
        sub(/[ (].*/, "", name)
        uniques[name] = uniques[name] ";" trim(inside(s))
    }
    if (s ~ /^select place *\(/) {
        name = inside(s)
        gsub(/[' ]/, "", name)
        how = name
        sub(/,.*/, "", name)
        sub(/.*,/, "", how)
        if (how != "sk" && how != "ref" && how != "local") fail("R24: place(" name ", " how ")")
        placed[name] = how
    }
}

FNR == 1 { text = ""; body = 0 }
{
    line = tolower($0)
    sub(/--.*/, "", line)
    n = gsub(/\$[a-z]*\$/, "&", line)     # function bodies are not statements of ours
    if (n % 2) body = !body
    gsub(/[ \t]+/, " ", line)
    if (body || n) next
    while ((at = index(line, ";")) > 0) {
        where = FILENAME ":" FNR
        statement(text " " substr(line, 1, at - 1))
        text = ""
        line = substr(line, at + 1)
    }
    text = text " " line
}
END {
    for (name in seen) {
        where = seen[name]
        if (!(name in placed)) {
            fail("R24: table " name " is not placed")
            continue
        }
        if (!(name in key)) fail("R2: table " name " has no primary key")
        if (placed[name] != "sk") continue
        if (first[name] !~ /^sk int/) fail("R1: table " name ": the first column is not sk int")
        if (key[name] != "sk") fail("R1: table " name ": the primary key does not begin with sk")
        n = split(uniques[name], u, ";")
        for (i = 2; i <= n; i++)
            if (u[i] !~ /^sk *(,|$)/)
                fail("R1: table " name ": unique (" u[i] ") does not begin with sk")
        n = split(excludes[name], u, ";")
        for (i = 2; i <= n; i++)
            if (u[i] !~ /\( *sk with =/)
                fail("R1: table " name ": exclude does not begin with sk")
        n = split(refs[name], u, ";")
        for (i = 2; i <= n; i++) {
            to = u[i]; sub(/.*references +/, "", to); sub(/[ (].*/, "", to)
            if (placed[to] == "sk" && u[i] !~ /foreign key *\( *sk *,/)
                fail("R1: table " name ": foreign key to " to " without sk")
            if (u[i] ~ /on delete set (null|default)/)
                fail("R4: table " name ": on delete set in a key with sk")
        }
    }
    for (name in refs)
        if (placed[name] != "sk") {
            n = split(refs[name], u, ";")
            for (i = 2; i <= n; i++) {
                to = u[i]; sub(/.*references +/, "", to); sub(/[ (].*/, "", to)
                where = seen[name]
                if (placed[to] == "sk")
                    fail("R6: reference table " name " points at the sharded " to)
            }
        }
}
