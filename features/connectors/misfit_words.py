"""The sentences of misfits in English and Chinese, by code; a code without an entry is a mistake that a test finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One sentence in both languages, with the same parameters in braces.

    Attributes:
        en: English.
        zh: Chinese.
    """

    en: str
    zh: str


_PARTS = {
    "nothing": Words("", ""),
    "is it": Words("is it `{name}`? ", "是不是 `{name}`？"),
    "a missing name": Words("{name!r}{hint}", "{name!r}{hint}"),
    "aside": Words(" (is it `{name}`?)", "（是不是 `{name}`？）"),
    "a fault": Words("{fault}", "{fault}"),
    "there is": Words("; there is {value}", "；现在是 {value}"),
    "at a field": Words("line {line}: {field}: {what}", "第 {line} 行：{field}：{what}"),
    "in a table": Words("tables.{table}: {what}", "tables.{table}：{what}"),
    "header further down": Words(
        "line {line} holds these names: set `skip_rows: {rows}` under `files`; ",
        "第 {line} 行才是这些列名：请在 `files` 下设置 `skip_rows: {rows}`；",
    ),
    "only loosely": Words(
        "the names differ in case, blanks or underscores only: set `headers: loose`; ",
        "列名只在大小写、空格或下划线上不同：请设置 `headers: loose`；",
    ),
    "see the page": Words("see docs/mapping.md", "详见 docs/mapping.md"),
    "no files": Words("no files", "没有文件"),
}
"""Parts of other sentences."""

_MAPPING_FILE = {
    "no such mapping": Words(
        "there is no mapping {name!r}; built in are {builtin}; "
        "or give the path of a file (`ingest --init-mapping` drafts one)",
        "没有名为 {name!r} 的映射；内置的有 {builtin}；也可以给出文件路径（`ingest --init-mapping` 可起草一个）",
    ),
    "mapping too long": Words(
        "{file} has {bytes} bytes; a mapping is a short YAML file", "{file} 有 {bytes} 字节；映射应是一个短的 YAML 文件"
    ),
    "mapping not utf-8": Words(
        "{file} is not UTF-8 text; save the mapping as UTF-8", "{file} 不是 UTF-8 文本；请把映射存为 UTF-8"
    ),
    "mapping not a block": Words(
        "{file}: a mapping is a block of fields; start with `mapping: 1`",
        "{file}：映射应由若干字段组成；请以 `mapping: 1` 开头",
    ),
    "mapping wrong": Words(
        "{file} is no valid mapping ({count} faults):", "{file} 不是有效的映射（共 {count} 处问题）："
    ),
    "not yaml": Words(
        "{file}: line {line}: {problem}; check indentation, quotes and colons there",
        "{file}：第 {line} 行不是有效的 YAML（{problem}）；请检查那里的缩进、引号和冒号",
    ),
    "yaml too deep": Words(
        "{file}: blocks stand too deep inside each other; a mapping needs few levels",
        "{file}：嵌套层次过深；映射只需要很少的几层",
    ),
    "yaml key twice": Words(
        "{file}: line {line}: `{key}` stands twice in one block; keep one of them",
        "{file}：第 {line} 行：`{key}` 在同一处出现两次；请只保留一个",
    ),
    "no such parent": Words(
        "there is no built-in mapping {name!r}; there are {builtin}", "没有内置映射 {name!r}；现有 {builtin}"
    ),
}
"""About the mapping file as a text."""

_FIELDS = {
    "no such field": Words(
        "there is no such field; {hint}check the spelling or remove it", "没有这个字段；{hint}请检查拼写或删除它"
    ),
    "field missing": Words("this field is required; add it{given}", "缺少这个必填字段；请补上{given}"),
    "not one of": Words("it may be {choices}{given}", "只能是 {choices}{given}"),
    "number too small": Words("it has to be {least}{given}", "应当 {least}{given}"),
    "number too large": Words("it has to be {most}{given}", "应当 {most}{given}"),
    "not a text": Words("write a text{given}", "这里应是文字{given}"),
    "text too short": Words("write at least {least} characters{given}", "至少写 {least} 个字符{given}"),
    "text too long": Words("write at most {most} characters{given}", "最多写 {most} 个字符{given}"),
    "list too short": Words("list at least {least}{given}", "至少列出 {least} 项{given}"),
    "not true or false": Words("write true or false{given}", "只能写 true 或 false{given}"),
    "not a whole number": Words("write a whole number{given}", "这里应是整数{given}"),
    "not a plain number": Words("write a plain number{given}", "这里应是数字{given}"),
    "not a list": Words("write a list: `[a, b]`{given}", "这里应是列表，如 `[a, b]`{given}"),
    "not a block": Words("write a block of fields: `{{a: b}}`{given}", "这里应是一组字段，如 `{{a: b}}`{given}"),
    "otherwise wrong": Words("{message}", "取值不合要求（{message}）"),
    "unknown zone": Words(
        "there is no time zone {zone!r}; take an IANA name such as Europe/Berlin",
        "没有时区 {zone!r}；请用 IANA 名称，例如 Asia/Shanghai",
    ),
    "unknown country": Words(
        "there are no holidays of country {country!r}; take an ISO code such as CN, DE or US",
        "没有国家 {country!r} 的节假日；请用 ISO 代码，例如 CN、DE 或 US",
    ),
    "unknown region": Words(
        "there are no holidays of region {region!r} in {country}; it has {choices}",
        "{country} 没有地区 {region!r} 的节假日；可选 {choices}",
    ),
    "no regions": Words("no regions", "（无地区）"),
    "region alone": Words(
        "region {region!r} needs its `country` beside it", "写了地区 {region!r} 就要同时写 `country`"
    ),
    "path leaves": Words(
        "path {path!r} leaves the source folder; give a name inside it",
        "路径 {path!r} 超出了来源文件夹；请给出其中的文件名",
    ),
    "path or database": Words("give either `path` or `database`", "`path` 与 `database` 必须且只能写一个"),
    "query or table": Words("give either `query` or `table`", "`query` 与 `table` 必须且只能写一个"),
    "not one select": Words("`query` has to be one SELECT and nothing else", "`query` 只能是一条 SELECT 语句"),
    "unknown database": Words(
        "there is no way to read {scheme!r}; give `postgresql://...`, or put an SQLite file under `path`",
        "无法读取 {scheme!r}；请写 `postgresql://...`，SQLite 文件请写在 `path` 下",
    ),
    "variable not allowed": Words(
        "a mapping may use variables that begin with PACELINE_SOURCE_ only; there is {name!r}",
        "映射只能使用以 PACELINE_SOURCE_ 开头的环境变量；现在是 {name!r}",
    ),
    "password in sight": Words(
        "a password does not belong into a mapping: write `${{PACELINE_SOURCE_PASSWORD}}` and set that variable",
        "密码不应写在映射里：请写 `${{PACELINE_SOURCE_PASSWORD}}` 并设置该环境变量",
    ),
    "columns needed": Words(
        "a file without header needs `columns`: list the names from left to right",
        "没有表头的文件需要 `columns`：请从左到右列出列名",
    ),
    "unpivot two ways": Words(
        "unpivot needs either `columns` or `matching`", "unpivot 需要 `columns` 或 `matching`，且只能写一个"
    ),
    "layout empty": Words("a layout needs either `columns` or `changes`", "需要 `columns` 或 `changes`，且只能写一个"),
    "weights alone": Words(
        "split_quotas: give `weights` with `by: weights`, and with nothing else",
        "split_quotas：只有 `by: weights` 时才写 `weights`，此时必须写",
    ),
    "weights do not fit": Words(
        "split_quotas: a year has {parts} {into}s; give as many weights, not all zero",
        "split_quotas：一年有 {parts} 个 {into}；请给出同样多的权重，且不全为零",
    ),
    "rates file unknown": Words(
        "rates reads file {name!r}; `files` has {known}", "rates 用到文件 {name!r}；`files` 中有 {known}"
    ),
    "file unknown": Words(
        "tables.{table} reads file {name!r}; `files` has {known}",
        "tables.{table} 用到文件 {name!r}；`files` 中有 {known}",
    ),
    "weeks of a quarter": Words(
        "a quarter has 13 weeks in three months, such as [4, 4, 5]; there is {pattern}",
        "一个季度三个月共 13 周，例如 [4, 4, 5]；现在是 {pattern}",
    ),
    "year starts are days": Words(
        'write each fiscal year with its first day: `2024: "2024-02-04"`',
        '请写明每个财年的第一天：`2024: "2024-02-04"`',
    ),
    "years of whole weeks": Words(
        "fiscal years follow each other and have 52 or 53 weeks; from {year} to {following} they do not",
        "财年应当相连且各有 52 或 53 周；{year} 到 {following} 不是这样",
    ),
    "weeks needed": Words(
        "weeks need a fiscal year of weeks: give `calendar: {{weeks: {{year_starts: ...}}}}`",
        "按周的期间需要按周的财年：请写 `calendar: {{weeks: {{year_starts: ...}}}}`",
    ),
    "not by weeks": Words(
        "{what} makes periods of calendar months; with `calendar.weeks` give the quotas of each period",
        "{what} 按自然月划分期间；使用 `calendar.weeks` 时请逐期给出目标",
    ),
    "month or quarter": Words(
        "date_parts takes one of `week`, `month` and `quarter`", "date_parts 中 `week`、`month` 与 `quarter` 只能写一个"
    ),
    "one source": Words(
        "give exactly one of {kinds}; there are {given}", "{kinds} 之中必须恰好写一个；现在写了 {given}"
    ),
    "none given": Words("none", "零个"),
    "scale zero": Words("scale must be a number other than zero", "scale 应是不为零的数"),
    "signs alike": Words("decimal and thousands signs are the same; change one", "小数点与千位分隔符相同；请更改其一"),
    "format unknown": Words(
        "format {form!r} is none: write it with % signs (`%d/%m/%Y`), or iso, epoch_s, epoch_ms, excel",
        "{form!r} 不是日期格式：请用 % 写法（`%d/%m/%Y`），或 iso、epoch_s、epoch_ms、excel",
    ),
    "format without year": Words(
        "format {form!r} says no year; use `date_parts` where the year stands elsewhere",
        "格式 {form!r} 没有年份；年份在别处时请用 `date_parts`",
    ),
    "changes only": Words(
        "tables.{table}: `changes` fills opportunity_changes only",
        "tables.{table}：`changes` 只用于 opportunity_changes",
    ),
    "unknown columns": Words(
        "tables.{table}: unknown columns {unknown}; {hint}the table has {names}",
        "tables.{table}：没有列 {unknown}；{hint}该表有 {names}",
    ),
    "occurrence of no text": Words(
        "`occurrence` numbers texts; {name} is none: set it on a column of the key",
        "`occurrence` 只能用于文本键列；{name} 不是文本",
    ),
    "columns missing": Words(
        "tables.{table}: missing columns {missing}; map each to a source column or a constant",
        "tables.{table}：缺少列 {missing}；请逐一对应到来源列或常量",
    ),
    "quota of nobody": Words(
        "tables.quotas: map rep_id, team_id or both", "tables.quotas：请映射 rep_id、team_id 或两者"
    ),
}
"""About single fields of a mapping."""

_SOURCE = {
    "does not fit": Words("the mapping does not fit the source:", "映射与来源不符："),
    "missing column": Words(
        "{file}: missing column {name!r}; {hint}the file has {has}; "
        "correct the name in the mapping, or set `optional: true` on it",
        "{file}：没有列 {name!r}；{hint}该文件有 {has}；请在映射中更正列名，或为它设置 `optional: true`",
    ),
    "missing columns": Words(
        "{file}: missing columns {names}; {hint}the file has {has}; "
        "correct the names in the mapping, or set `optional: true` on them",
        "{file}：没有列 {names}；{hint}该文件有 {has}；请在映射中更正列名，或为它们设置 `optional: true`",
    ),
    "joined file damaged": Words("{file} cannot be joined: {fault}", "{file} 无法用于关联：{fault}"),
    "column twice": Words(
        "{file}: column {name!r} stands more than once ({found}); name the one that is meant",
        "{file}：列 {name!r} 出现多次（{found}）；请写明要用哪一个",
    ),
    "file is empty": Words("{file} is empty; it needs at least a header", "{file} 是空的；至少要有表头"),
    "missing files": Words(
        "missing files: {absent}; the folder has {present}; correct `path:` in the mapping, or set `optional: true`",
        "缺少文件：{absent}；文件夹中有 {present}；请在映射中更正 `path:`，或设置 `optional: true`",
    ),
    "absent file": Words("{name} ({patterns})", "{name}（{patterns}）"),
    "joined file missing": Words(
        "the joined file {name} ({patterns}) is missing; add it to the folder",
        "缺少要关联的文件 {name}（{patterns}）；请放入文件夹",
    ),
    "too many to join": Words(
        "{file} has more than {most} rows, too many to join; "
        "raise PACELINE_INGEST_MAX_LOOKUP_ROWS or join at the source",
        "{file} 超过 {most} 行，无法关联；请调大 PACELINE_INGEST_MAX_LOOKUP_ROWS，或在来源处先关联",
    ),
    "unknown kind": Words(
        "{file}: no format is known for {suffix!r}; set `kind:` under `files`",
        "{file}：不认识扩展名 {suffix!r}；请在 `files` 下设置 `kind:`",
    ),
    "another kind": Words(
        "{file} is read as {kind}, but it begins like {found}; set `kind: {right}` under `files`",
        "{file} 按 {kind} 读取，但开头像是{found}；请在 `files` 下设置 `kind: {right}`",
    ),
    "a web page": Words(
        "{file} is a web page (HTML) under another name; open it in a spreadsheet and save it as xlsx or csv",
        "{file} 其实是网页（HTML）；请用表格软件打开并另存为 xlsx 或 csv",
    ),
    "like a workbook": Words("a workbook (xlsx)", "工作簿（xlsx）"),
    "like an old workbook": Words("an old workbook (xls)", "旧式工作簿（xls）"),
    "like parquet": Words("a Parquet file", "Parquet 文件"),
    "like sqlite": Words("an SQLite database", "SQLite 数据库"),
    "like text": Words("text", "文本"),
    "link leads out": Words(
        "{file} is a link that leads out of {folder}; copy the file instead",
        "{file} 是指向 {folder} 之外的链接；请复制文件本身",
    ),
    "file too large": Words(
        "{file} has {bytes} bytes, {most} are allowed; split the export",
        "{file} 有 {bytes} 字节，最多 {most}；请分成几个文件导出",
    ),
    "too many columns": Words(
        "{file} has {count} columns, {most} are allowed; export only those that the mapping names",
        "{file} 有 {count} 列，最多 {most}；请只导出映射用到的列",
    ),
    "document too large": Words(
        "{file} has {bytes} bytes, {most} are allowed; export it as csv or parquet",
        "{file} 有 {bytes} 字节，最多 {most}；请导出为 csv 或 parquet",
    ),
    "unpacks to too much": Words(
        "{file} unpacks to {bytes} bytes, {most} are allowed; export it as csv",
        "{file} 解压后有 {bytes} 字节，最多 {most}；请导出为 csv",
    ),
    "no such sheet": Words(
        "{file} has no sheet {sheet!r}; {hint}it has {sheets}; set `sheet:`",
        "{file} 没有工作表 {sheet!r}；{hint}现有 {sheets}；请设置 `sheet:`",
    ),
    "not a workbook": Words(
        "{file} cannot be opened as a workbook: {problem}; save it again, as xlsx",
        "{file} 无法作为工作簿打开（{problem}）；请另存为 xlsx",
    ),
    "sectors in a circle": Words("its sectors run in a circle", "其扇区链成环"),
    "not parquet": Words(
        "{file} is no readable Parquet file: {problem}; write it again",
        "{file} 不是可读的 Parquet 文件（{problem}）；请重新写出",
    ),
    "not json": Words(
        "{file} is no JSON text: {problem}; export it again", "{file} 不是 JSON 文本（{problem}）；请重新导出"
    ),
    "no list of records": Words(
        "{file} holds no list of records there ({keys}); set `records:` to the key of the list",
        "{file} 在那里没有记录列表（{keys}）；请把 `records:` 设为列表所在的键",
    ),
    "no keys": Words("no keys", "没有键"),
    "not a json record": Words(
        "{file}:{line} is no JSON record: {problem}; mend that line",
        "{file}:{line} 不是 JSON 记录（{problem}）；请修正该行",
    ),
    "not a json object": Words(
        "{file}:{line} is no JSON object: {text}; write one record per line",
        "{file}:{line} 不是 JSON 对象（{text}）；请每行写一条记录",
    ),
    "no query": Words(
        "{file} is a database: say which rows with `query: SELECT ...` or `table:`",
        "{file} 是数据库：请用 `query: SELECT ...` 或 `table:` 说明取哪些行",
    ),
    "query failed": Words(
        "{file}: the query failed: {problem}; only one SELECT is allowed",
        "{file}：查询失败（{problem}）；只允许一条 SELECT",
    ),
    "variables not set": Words("{name}: set the environment variables {missing}", "{name}：请设置环境变量 {missing}"),
    "variable holds no address": Words(
        "{name}: the variable {variable} has to hold an address that begins with postgresql://",
        "{name}：环境变量 {variable} 的内容应以 postgresql:// 开头",
    ),
    "no driver": Words(
        "{name}: reading PostgreSQL needs the package psycopg: install `paceline[postgres]`",
        "{name}：读取 PostgreSQL 需要 psycopg：请安装 `paceline[postgres]`",
    ),
    "database not reached": Words(
        "{name}: the database cannot be reached or refuses the login ({kind}); "
        "check the address, the network and the PACELINE_SOURCE_ variables",
        "{name}：无法连接数据库或登录被拒绝（{kind}）；请检查地址、网络与 PACELINE_SOURCE_ 环境变量",
    ),
    "query gives too much": Words(
        "{name}: after {rows} rows the copy is larger than {most} bytes; narrow the query, "
        "or raise PACELINE_INGEST_MAX_FILE_BYTES",
        "{name}：读取 {rows} 行后已超过 {most} 字节；请缩小查询范围，或调大 PACELINE_INGEST_MAX_FILE_BYTES",
    ),
    "bad pattern": Words(
        "unpivot.matching {pattern!r} is no regular expression: {problem}",
        "unpivot.matching {pattern!r} 不是正则表达式（{problem}）",
    ),
    "no column matches": Words(
        "{file}: no column matches {pattern!r}; it has {has}", "{file}：没有列符合 {pattern!r}；该文件有 {has}"
    ),
    "repeat without days": Words(
        "repeat: {first!r} and {last!r} have to be ISO days such as 2024-01-01",
        "repeat：{first!r} 与 {last!r} 应写成 2024-01-01 这样的日期",
    ),
}
"""About a source that is not as the mapping says."""

_REPORT = {
    "no row accepted": Words("{name}: no row was accepted; {report}", "{name}：没有可用的行；{report}"),
    "report source": Words("{source}: read with mapping {mapping}", "{source}：按映射 {mapping} 读取"),
    "report file": Words(
        "{file} -> {table}: {rows_in} rows in ({encoding}), {left_out} left out by the mapping, {rejected} refused",
        "{file} → {table}：读入 {rows_in} 行（{encoding}），按映射略过 {left_out} 行，拒绝 {rejected} 行",
    ),
    "report tolerated": Words(
        "{count} rows break the rule `{rule}`, which the mapping tolerates",
        "{count} 行不符合规则 `{rule}`，映射允许保留",
    ),
    "report misses": Words("{count} rows found no partner in {file}", "{count} 行在 {file} 中找不到对应的行"),
    "report table": Words("{table}: {parts}", "{table}：{parts}"),
    "report accepted": Words("{count} accepted", "接受 {count} 行"),
    "report quarantined": Words("{count} quarantined", "隔离 {count} 行"),
    "report repeated": Words("{count} repeated rows kept once", "{count} 行重复，只留一份"),
    "report differing": Words("{count} rows share a key but differ", "{count} 行键相同而内容不同"),
    "report undated": Words("{count} without a date (kept, out of features)", "{count} 行没有日期（保留，不参与特征）"),
    "report days": Words("{first} to {last}", "{first} 至 {last}"),
    "report amount": Words("sum of amount {count}", "金额合计 {count}"),
    "report faults": Words("{count} faults, by rule:", "共 {count} 处问题，按规则："),
    "report rule": Words(
        "{file} {column}: {what}: {count} (lines {lines}); {mend}",
        "{file} {column}：{what}：{count} 处（第 {lines} 行）；{mend}",
    ),
    "report more": Words("and {count} more (see the quarantine file)", "另有 {count} 处（见隔离文件）"),
    "report rows": Words(
        "{rows_in} rows in, {accepted} accepted, {quarantined} quarantined",
        "读入 {rows_in} 行，接受 {accepted} 行，隔离 {quarantined} 行",
    ),
    "report orphans": Words(
        "{count} {table} whose {column} is not in {other}",
        "{table} 中有 {count} 行的 {column} 不在 {other} 里",
    ),
    "report without": Words("{count} {table} without {other}", "{table} 中有 {count} 个没有 {other}"),
    "report undated deals": Words("{count} deals without a creation date", "{count} 个商机没有创建日期"),
    "report converted": Words(
        "{table}: {count} amounts in other currencies were converted to {currency}",
        "{table}：{count} 个其他货币的金额已换算为 {currency}",
    ),
    "report split": Words(
        "quotas: {whole} were split into {parts} parts by {how}",
        "quotas：{whole} 个目标已按{how}拆成 {parts} 份",
    ),
    "by weights": Words("declared weights", "声明的权重"),
    "by seasons": Words("what was booked in the same parts before", "往年同期的业绩"),
    "report gaps": Words(
        "quotas: {count} of {compared} team quotas are not the sum of their members': {gaps}",
        "quotas：{compared} 个团队目标中有 {count} 个不等于成员目标之和：{gaps}",
    ),
    "one gap": Words(
        "{team_id} {period} {metric} {team} beside {members}",
        "{team_id} {period} {metric} {team}，成员合计 {members}",
    ),
    "report several teams": Words(
        "team_assignments: {count} reps stand in several teams at once with weights that sum to more than 1 "
        "(such as {example}): sums over teams count them more than once",
        "team_assignments：{count} 人同时属于几个团队且权重之和大于 1（例如 {example}）：各团队相加时会重复计算",
    ),
    "report grouped": Words(
        "{table}.{column}: {count} of {rows} values with a point have three digits behind it (such as {example}): if "
        "the point groups thousands, they were read a thousand times too small; set `decimal: ','` for this column",
        "{table}.{column}：{rows} 个带点的值中有 {count} 个点后为三位数字（例如 {example}）：如果点是千位分隔符，"
        "则这些值被读小了一千倍；请为该列设置 `decimal: ','`",
    ),
    "report rule of quotas": Words("quotas are derived by rule {rule}", "目标按规则 {rule} 推算"),
    "report no quotas": Words("there are no quotas: attainment cannot be forecast", "没有目标：无法预测达成率"),
    "report unused": Words(
        "{file} -> {table}: {count} columns not used ({shown})", "{file} → {table}：{count} 列未使用（{shown}）"
    ),
    "facts up to": Words("facts up to {day}, data grade {grade}", "数据截至 {day}，数据等级 {grade}"),
    "a tally": Words("{table}: {parts}", "{table}：{parts}"),
    "new": Words("{count} new", "新增 {count}"),
    "changed": Words("{count} changed", "变更 {count}"),
    "unchanged": Words("{count} unchanged", "未变 {count}"),
    "kept": Words("{count} kept", "保留 {count}"),
    "vanished": Words("{count} vanished", "消失 {count}"),
    "late": Words("{count} late", "迟到 {count}"),
    "tally of nothing": Words("nothing", "无"),
    "deals undated": Words(
        "{count} deals without a creation date stay out of features",
        "{count} 个商机没有创建日期，不参与特征",
    ),
    "deals unreadable": Words("{count} changes of deals cannot be read", "{count} 条商机变更无法读取"),
    "deals orphaned": Words("{count} changes are of deals that are not there", "{count} 条变更所属的商机不存在"),
    "deals won_without_amount": Words("{count} won deals without an amount", "{count} 个赢单没有金额"),
    "quota coverage": Words(
        "quota coverage {share}: {with_quota} of {rep_quarters} rep-quarters with bookings, "
        "{derived} of them by derived quotas",
        "目标覆盖率 {share}：有业绩的 {rep_quarters} 个人季中 {with_quota} 个有目标，其中 {derived} 个为推算目标",
    ),
    "scale ratio": Words(
        "bookings are {ratio} times quota (median of {pairs} reps and closed periods)",
        "业绩为目标的 {ratio} 倍（{pairs} 个人期的中位数）",
    ),
    "last complete month": Words("last complete month ends {day}", "最后一个完整月份止于 {day}"),
    "no complete month": Words("no month is complete yet", "还没有完整的月份"),
    "late rows": Words(
        "{count} rows are about a time that earlier imports already covered", "{count} 行所属的时间已被先前的导入覆盖"
    ),
    "validated": Words(
        "dataset {version}, data grade {grade}, facts to {day}", "数据集 {version}，数据等级 {grade}，数据截至 {day}"
    ),
    "no fault found": Words("no fault was found", "没有发现问题"),
    "scoring declines": Words(
        "{count} faults; scoring declines until they are mended or waived", "共 {count} 处问题；修正或豁免之前不会评分"
    ),
    "a dataset fault": Words("FAULT {name}: {sentence}", "问题 {name}：{sentence}"),
    "import committed": Words("imported as dataset {version}", "已导入为数据集 {version}"),
    "import dry run": Words(
        "dry run, nothing was written; this would become dataset {version}", "仅试运行，未写入；将成为数据集 {version}"
    ),
    "import known": Words(
        "this content was imported before and adds nothing; it is in dataset {version}",
        "这些内容先前已导入，没有新增；位于数据集 {version}",
    ),
}
"""What a report of an import says."""

WORDS: dict[str, Words] = {**_PARTS, **_MAPPING_FILE, **_FIELDS, **_SOURCE, **_REPORT}
"""All sentences, by code."""
