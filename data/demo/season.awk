#!/usr/bin/awk -f
# SPDX-License-Identifier: Apache-2.0
# Writes show.csv, session.csv and tier.csv of the demo season from hall.csv and season.plan:
#   cd data/demo && awk -f season.awk hall.csv season.plan
# The results are committed, so nobody needs to run it; change the plan and run it again. Times are
# relative to the day of import (D+n), so that the season is always ahead of the reader.

function quote(text)
{
    if (text !~ /[",\n]/)
        return text
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}

function bars(text)
{
    gsub(/;/, "|", text)
    return text
}

function has(mark) { return index(marks, mark) > 0 }

# minutes after midnight of day `day`, as the importer reads it
function moment(day, minutes)
{
    while (minutes < 0) { minutes += 1440; day-- }
    while (minutes >= 1440) { minutes -= 1440; day++ }
    return sprintf("D%s%d %02d:%02d", day < 0 ? "" : "+", day, int(minutes / 60), minutes % 60)
}

function notices(  entry, name)
{
    entry = has("G") ? "开放时间内凭票入场" : "请提前30分钟入场，迟到观众须听从工作人员安排"
    name = has("L") || has("N") ? "实名购票、实名入场，一证一票，人证票一致" : "无需实名"
    return "{\"children\":\"" (cat == "CHILD" ? "一人一票，儿童须由成人陪同" : "1.2米以下儿童谢绝入场") "\"," \
        "\"realname\":\"" name "\",\"entrance\":\"" entry "\"," \
        "\"prohibited\":\"谢绝专业摄影摄像、食品饮料与易燃易爆物品\"," \
        "\"refund\":\"" (has("L") ? "按阶梯退票规则办理，开演前48小时停止退票" : "开演前72小时可退，收取票价20%手续费") "\"," \
        "\"limit\":\"每单限购" per_order "张\",\"eticket\":\"支持电子票与现场取票\"}"
}

# name:share of the top price:share of the seats in thousandths[:seats of a bundle]
BEGIN {
    FS = "|"
    plan["theatre"] = "池座VIP:1000:80;池座:770:220;池座后区:550:200;楼座:430:200;楼座后区:320:150;学生票:200:60;双人套票:1230:40:2"
    plan["family"] = "池座VIP:1000:80;池座:770:250;楼座:490:250;楼座后区:280:200;家庭三人套票:1920:40:3"
    plan["small"] = "甲票:1000:350;乙票:700:400;学生票:450:200"
    plan["music"] = "A区:1000:120;B区:780:220;C区:570:240;D区:390:200;E区:210:120"
    plan["lunch"] = "普通票:1000:700;学生票:500:250"
    plan["arena"] = "内场VIP:1000:60;内场:760:140;看台A:580:180;看台B:400:200;看台C:290:170;看台D:190:90"
    plan["stadium"] = "内场VIP:1000:40;内场A:840:90;内场B:690:90;看台A:540:150;看台B:440:170;看台C:340:170;看台D:240:120"
    plan["festival"] = "单日早鸟:590:250;单日票:740:400;VIP单日:1470:60;双人单日:1320:100:2"
    plan["kids"] = "前区:1000:250;中区:710:350;后区:430:250;亲子套票(1大1小):1570:50:2;家庭套票(2大1小):2280:20:3"
    plan["sport"] = "主席台:1000:40;一层看台:660:300;二层看台:380:350;学生看台:170:150"
    plan["expo"] = "成人票:1000:450;学生票:600:250;双人票:1800:60:2"
    print "code,city,venue,category,title,subtitle,artists,aliases,poster,notices,detail,permit_no," \
        "approved_capacity,is_large,resale_policy,realname_mode,purchase_limit_user," \
        "purchase_limit_order,refund_policy" > "show.csv"
    print "code,show,hall,start_at,end_at,doors_at,sale_at,stop_sale_at,tail_from," \
        "approved_capacity,ticket_modes,delivery_types,outdoor,reentry_allowed" > "session.csv"
    print "code,session,name,face_price,qty,sort,combo_n,gate_group" > "tier.csv"
}

FILENAME == "hall.csv" {
    split($0, f, ",")
    capacity[f[1]] = f[4]
    venue[f[1]] = f[2]
    next
}

/^#/ || NF < 12 { next }

{
    # the Latin alias and the dates share a field
    split($8, when, "~")
    alias = bars($7) (when[1] != "" ? ($7 != "" ? "|" : "") when[1] : "")
    split(when[2], days, "/")
    code = $1; hall = $2; cat = $3
    times = split($9, clock, ",")
    marks = $12
    split($11, price, ":")
    seats = capacity[hall]
    per_order = has("L") ? 4 : 6
    real = has("L") ? "STRICT" : has("N") ? "TICKET" : "NONE"
    printf "%s,shanghai,%s,%s,%s,%s,%s,%s,media/%s.jpg,%s,%s,%s,%d,%s,%s,%s,%d,%d,%s\n", code,
        venue[hall], cat, quote($4), quote($5), quote(bars($6)), quote(alias), code,
        quote(notices()), quote($13), sprintf("沪演示字%04d号", ++shows), seats,
        has("L") ? "true" : "false", has("F") || has("L") ? "FACE_CAP" : "OPEN", real,
        has("L") ? 4 : 0, per_order, has("L") ? "LARGE_2023" : "RESALE" > "show.csv"
    for (n = 0; n < days[2]; n++)
        session(n, days[1] + int(n / times) * days[3], clock[n % times + 1])
}

function session(n, day, time,   at, hm, id, sale)
{
    split(time, hm, ":")
    at = hm[1] * 60 + hm[2]
    id = sprintf("%s-%02d", code, n + 1)
    sale = has("S") ? moment(3, 720) : moment(-7, 600)
    printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%d,%s,%s,%s,%s\n", id, code, hall, moment(day, at),
        moment(day, at + $10), moment(day, at - (has("L") ? 120 : 45)), sale,
        moment(day, at + (has("G") ? $10 : 15)), moment(day - 2, at), seats,
        "paper|static_qr", "ETICKET|ONSITE" (has("G") ? "" : "|EXPRESS"),
        has("O") ? "true" : "false", has("R") ? "true" : "false" > "session.csv"
    tiers(id)
}

function tiers(id,   n, i, f, parts, size, yuan)
{
    n = split(plan[price[1]], parts, ";")
    for (i = 1; i <= n; i++) {
        split(parts[i] ":", f, ":")
        size = f[4] == "" ? 1 : f[4]
        yuan = int(price[2] * f[2] / 10000 + 0.5) * 10
        printf "%s-%s,%s,%s,%d,%d,%d,%d,%s\n", id, substr("abcdefgh", i, 1), id,
            quote(f[1]), yuan, int(seats * f[3] / 1000 / size), i, size,
            i == 1 && price[1] ~ /arena|stadium|sport/ ? "VIP" : "" > "tier.csv"
    }
}
