namespace Andon.Detect;

/// <summary>What a finding's code means.</summary>
/// <param name="Level">The levels it may have.</param>
sealed record Code(string Name, string Level, string Meaning, string Hint);

/// <summary>Every code of this room's findings. A test holds it to the source, both ways, and prints docs/reference/findings.md of it.</summary>
static class Codes
{
    public static IReadOnlyList<Code> All { get; } = [.. Read()];

    static IEnumerable<Code> Read()
    {
        foreach (var line in Table.Split('\n'))
        {
            var parts = line.Split(" | ");
            yield return new(parts[0][..6], parts[0][7..], parts[1], parts[2].TrimEnd());
        }
    }

    // code level | what it means | what to do
    const string Table = """
        DET001 warning | A rule matched more events of one batch than are kept; the rest is counted only. | Narrow the rule, or put it into testing.
        DET002 error | A record stopped the matcher three times and is left out. | Report it; the record itself is kept.
        DET003 error | The matcher stopped and began again. | Look into the log.
        DET010 warning | A correlation left out events without the field it groups by. | Group by a field that its events have.
        DET011 warning | A correlation let go of groups: the limit is reached. | Group by fewer values, or raise the limit.
        DET012 warning | Events came later than windows wait; a backfill counts them. | Mend the source's clock or its delay.
        DET013 warning | A group of a correlation is full, or an event took too many steps. | Narrow the rules it counts.
        DET014 warning | Arrays or values were longer than a correlation compares. | Group by a shorter field.
        DET015 note | Values that are no numbers were left out of a sum, average or percentile. | Name a numeric field.
        DET016 note | A correlation was changed in more than its threshold; what it had gathered begins anew. | Nothing: one timespan later it is complete again.
        DET020 error | A rule is moved or switched without a reason. | Say why.
        DET021 error | A rule cannot be put into the input queue. | It gets there by being part of a correlation.
        DET022 error | An informational rule enriches; it never alerts. | Raise its level first.
        DET023 error | The rule is so already. | Nothing to do.
        DET024 error | There is no such queue. | production, testing or input.
        DET025 error | Promotion needs evidence. | Ask for a promotion.
        DET026 error | The rule's log source is out of scope. | Take it into scope again.
        DET027 error | A scope would take every rule out. | Name a product, a category or a service.
        DET028 error | No rule has this log source. | Choose one from the list.
        DET030 error | The body is empty or too large. | Send rules as YAML text or as a zip.
        DET040 warning | A rule file is broken; its rules stay in force as they last were whole. | Mend what the next findings name.
        DET051 warning | The saved counters of rules cannot be read. | They begin anew; the hits themselves are kept.
        DET052 error | Rules could not be read again. | Those in use stay in use.
        DET053 note | Rules never fired. | Look at them in the rule book.
        DET054 note | Rules are noisy. | Look at them in the rule book.
        DET055 note | Rules have a log source that no route gives. | Look at them in the rule book.
        DET056 note | Rules wait for a log source that sends nothing. | Look at them in the rule book.
        DET057 note | Rules are slow. | Look at them in the rule book.
        DET058 warning | The counters of rules could not be saved. | They are counted on; after a restart those of older hits are missing.
        DET060 error | Evidence for a promotion is missing; the next findings name it. | Gather it, or give a reason to promote without; it is kept.
        DET061 error | The version has not been in testing for long enough. | Wait, or say why it cannot wait.
        DET062 error | The version was not run over stored history. | Run a backtest.
        DET063 error | The backtest did not read all of the range asked for. | Run it over a range that is stored.
        DET064 error | The rule makes more hits a day than people bear. | Narrow it, or add a filter.
        DET065 error | Too few of its hits were judged. | Judge the samples.
        DET066 error | Too few of its judged hits were true positives. | Narrow it, or add a filter.
        DET067 error | Its cost was not measured: no event of its log source was looked at. | Bring the log source in, or say why it is promoted without.
        DET068 warning | The rule is slow. | Put a cheaper condition in front.
        DET070 error | No one has asked to promote this rule. | Ask first.
        DET071 error | Who asks for a promotion does not approve it. | Let another person look at it.
        DET072 error | The rule's text is another one than was asked for. | Ask again, with the evidence of this text.
        DET073 error | The event is not among the kept hits of the rule. | Judge one of those that are kept.
        DET074 error | The hit was made in production: its case has the verdict. | Close the case.
        DET080 error | The name of an event is not one. | An event's name is position.number, for example 4711.0.
        DET081 error | The record is not in the record log. | Ask about a newer one.
        DET082 error | The record holds no event of that number. | Its first event is number 0.
        DET083 error | A look inside was asked of a rule that is no correlation. | Ask it of a correlation.
        DET084 error | The matcher reads back what happened before the start. | Ask again in a moment.
        DET085 error | The number of groups asked for is out of bounds. | Ask for 1 to 200.
        DET090 error | A backtest has no rule. | Send ruleId, or yaml with a rule.
        DET091 error | The person has a backtest running already. | Wait for it, or cancel it.
        DET092 error | Too many backtests wait. | Try again in a while.
        DET093 error | There is no such backtest. | The list holds the last ones.
        DET094 error | The backtest has ended already. | Nothing to do.
        DET095 error | A backtest failed. | Look into the log; the live rules go on.
        DET096 error | The range of a backtest is empty or too long. | Choose another one.
        DET404 error | There is no such rule. | Look it up in the list of rules.
        DET405 error | There is no text of this version. | Versions of a rule stand on its page.
        HUN001 error | A file or folder to hunt in is not there. | Check the path.
        HUN002 error | An archive cannot be read. | Pack it again.
        HUN003 error | An event log cannot be read here. | Export the events as JSON lines.
        HUN004 warning | A line was too long and was cut. | Split it.
        HUN005 warning | JSON ends or breaks; what stands before was read. | Mend the file.
        HUN006 error | A file unpacks to far more than its size; the rest was not read. | If it is not a trap, unpack it and give the file itself.
        HUN007 error | A file cannot be read to its end; what was read before stands. | Copy or pack the file again.
        HUN008 error | A file or folder cannot be opened. | Check who may read it.
        HUN009 error | Archives are nested too deep; this one was not opened. | Unpack it and give the files.
        HUN010 error | A file in a zip is locked with a password. | Unpack it and give the file itself.
        HUN011 error | JSON that is not a value a line is too large; the rest was not read. | Write it as JSON lines.
        SIG001 error | A rule file, or the zip with it, is too large. | Split it.
        SIG002 error | The text is not readable as YAML. | Mend the indentation, quotes or brackets at this place.
        SIG003 error | A document has too many nodes after aliases and global documents are put in, or is nested too deep. | Write it flatter, or split the file.
        SIG004 error | A key is a list or a map. | A key is a plain word; quote it if it begins with a bracket.
        SIG005 error | A key stands twice in one map; one would hide the other. | Join both into one list, or into a list of maps.
        SIG006 warning | The file has no documents. | Remove it, or write a rule.
        SIG007 error | A document is not a map of keys. | Begin with 'title:'.
        SIG008 error | A document is neither rule, correlation nor filter, or several at once. | A rule has 'detection', a correlation 'correlation', a filter 'filter'.
        SIG009 error | 'detection', 'correlation' or 'filter' is not a map. | Give it keys.
        SIG010 error | The title is missing or too long. | Add a short 'title:'.
        SIG011 error, warning, note | The id is missing, not a UUID, or too long. | Give a random UUID (version 4).
        SIG012 warning | The status is not one of Sigma's. | stable, test, experimental, deprecated or unsupported.
        SIG013 error, warning | The level is missing (medium is taken) or not one of Sigma's. | informational, low, medium, high or critical.
        SIG014 error | Nothing maps the rule's taxonomy. | Write it with Sigma's or ECS's field names, or give a pipeline for the taxonomy.
        SIG015 error | The value of 'queue' is not a queue. | production or testing.
        SIG016 note | A tag is in no known namespace. | Sigma's are attack, car, cve, d3fend, detection, stp, tlp.
        SIG017 error | The document has no log source. | Add 'logsource:' with product, category or service.
        SIG018 error | The log source names neither product, category nor service. | Give at least one; a rule is never run on everything.
        SIG019 error | A part of the log source is not one word. | Write one rule for each.
        SIG020 error | 'timeframe' is an old form. | Write a correlation document with 'timespan'.
        SIG021 warning | An identifier holds a sign that does not belong there; a modifier after an identifier does nothing. | Modifiers stand after fields.
        SIG022 error | The detection has no condition. | Add 'condition: selection'.
        SIG023 error | A condition is not text. | Write 'condition: selection and not filter'.
        SIG024 error | An identifier is empty. | Give it a field or keywords, or remove it.
        SIG025 error | The condition names an identifier that is not there. | Spell it as it is written; names are case-sensitive.
        SIG026 error | '1 of' or 'all of' takes no identifier. | Name at least one identifier so that the pattern takes it.
        SIG027 warning | No condition uses an identifier. | Use it or remove it.
        SIG028 note | 'all of them' changes its meaning with each identifier added. | Name the identifiers by a pattern.
        SIG029 error | The detection has too many identifiers. | Split the rule.
        SIG030 error | The id or name is that of another document. | Give each an id and name of its own.
        SIG031 error | A correlation needs a rule that is not loaded. | Load it too, or spell its id or name as it stands there.
        SIG032 error | A correlation needs itself. | Break the circle.
        SIG033 warning | A filter is for a rule that is not loaded. | Load the rule, or take it from the list.
        SIG034 warning | A filter has no effect: no loaded rule has its log source, or no route gives that of its rules. | State the log source as the rules do, or add a route.
        SIG035 error | More correlations stand on each other than the limit allows. | Build on fewer of them.
        SIG040 error | The conditions are too long, nested too deep, or name too many identifiers. | Shorten them.
        SIG041 error | The condition is empty. | Name the identifier that must match.
        SIG042 error | The condition goes on where it should end. | Put 'and' or 'or' between its parts.
        SIG043 error | Aggregations after '|' (count, near …) are an old form. | Write a correlation document; the message names its type.
        SIG044 error | A sign does not belong in a condition. | Identifiers have letters, digits, '_' and '-'; '*' is for '1 of' and 'all of'.
        SIG045 error | The condition lacks an identifier where one is expected. | Complete it.
        SIG046 error | Parentheses do not pair. | Add or remove one.
        SIG047 error | A quantity is not Sigma's, or takes nothing. | Write '1 of', 'any of' or 'all of' and a pattern or 'them'.
        SIG048 error | A pattern stands without quantity. | Write '1 of' or 'all of' before it.
        SIG050 error | A key has neither field nor modifier. | Name the field, or write keywords as a list.
        SIG051 error | An item has an empty list; it could never match. | Give values, or remove the item.
        SIG052 error | A value is a list or a map. | A list of maps belongs under the identifier, not under a field.
        SIG053 warning | null inside a list is not in the specification; it is read as 'or absent'. | Write a list of maps, one with 'field: null'.
        SIG054 warning | 'all' on a single value does nothing. | Remove it.
        SIG055 error | An item that takes one value has several. | Write one value; for a range use two items.
        SIG056 note | 'neq' is also true where the field is absent. | Add 'field|exists: true' if it must be there.
        SIG057 error | null stands as a keyword or under a modifier. | Write 'field: null' as an item of its own.
        SIG058 warning | An empty value under a modifier matches every value. | Remove it, or drop the modifier to ask for the empty string.
        SIG059 note | A wildcard says what a modifier says. | Write contains, startswith or endswith.
        SIG060 error | There is no such modifier. | The hint lists those that there are.
        SIG061 error | Modifiers cannot stand together, or in this order. | The hint says what goes together.
        SIG062 warning | 'base64' without 'contains' matches only a field that is nothing else. | Write 'base64|contains'.
        SIG063 error | A value is not of the kind that its modifier takes. | exists takes true or false, fieldref a field, comparisons a number.
        SIG064 error | A value of 'cidr' is not a network. | For example 10.0.0.0/8 or fe80::/10.
        SIG065 warning | A network has host bits set. | Write the network that the message names.
        SIG066 error | A regular expression uses look-around, a back-reference or an atomic group. | Write it without; expressions here run in linear time.
        SIG067 error | A regular expression is not valid. | Mend it.
        SIG068 error | A value to encode is empty or has a wildcard. | Escape it with a backslash, or write the parts as a list.
        SIG070 error | A placeholder has no list here. | Give a list 'lists/NAME.txt', or fill the inventory; the rule then loads by itself.
        SIG071 note | A list is empty; the value matches nothing. | Fill the list.
        SIG072 error | Placeholders together make too many values. | Use one list, or shorter ones.
        SIG073 warning | Values of a list cannot stand under the item's modifiers; they are left out. | Mend the list.
        SIG074 error | A list cannot be read, is too large, or its folder is not there. | Split it, or check path and permissions.
        SIG080 error | A correlation has a key that there is not. | The hint lists those that there are.
        SIG081 error | The type of a correlation is missing or unknown. | The hint lists those that there are.
        SIG082 error | A list of a correlation is missing or wrong, or names something twice. | Write a list of names, each once.
        SIG083 note | Without 'group-by' all events are one group. | Name the fields that events must share.
        SIG084 error | The timespan is missing or not one. | A whole number above 0 and s, m, h, d, w, M or y, for example 10m.
        SIG085 error | 'generate' is neither true nor false. | Leave it out for false.
        SIG086 error | The condition does not fit the correlation's type. | Temporal types take expressions over rule names, the others comparisons.
        SIG087 error | A comparison of a correlation is unknown, double or without number. | gt, gte, lt, lte, eq, neq, each with a number.
        SIG088 error | A correlation over values does not name the field. | Add 'field:' to the condition.
        SIG089 error | The condition of a correlation can never hold. | The message says why.
        SIG090 error | A filter does not say for which rules it is. | Add 'rules:' with ids or names, or 'rules: any'.
        SIG091 error | A filter's 'rules' is not a list of ids or names. | Write them as a list, or 'any'.
        SIG092 error | A filter has more than one condition. | Join them with 'or'.
        SIG093 warning | A filter has no 'not': it keeps only what it matches. | To leave events out write 'condition: not selection'.
        SIG094 error, warning | An alias is wrong, or names a rule that the correlation does not list. | Write 'aliases: { ip: { rule_a: SourceIp } }'.
        SIG095 error | A percentile is missing, not from 0 to 100, or of text. | Add 'percentile: 95' for a numeric field.
        SIG096 error | A correlation asks for more than is counted or grouped. | Shorten the timespan, or use fewer fields.
        SIG097 error | 'window' or 'refire' has a value that there is not, or that does not fit. | The hint lists those that there are.
        SIG098 error | The rules of a correlation and of its condition are not the same. | Use each in the condition, or take it from the list.
        SIG099 error, warning | Something is too much to be listed: findings of one file, or fields of a correlation. | Mend the first ones, or list fewer.
        SIG100 error | The routes have no list 'routes'. | Begin with 'routes:'.
        SIG101 error | A route lacks 'gives' or 'when'. | Write '{ gives: { product: x }, when: { field: value } }'.
        SIG102 error | The aliases are not a map of field to names. | For example 'Image: process.executable'.
        SIG103 error | A list made of the inventory is written wrongly. | For example 'Servers: { roles: [server] }'.
        SIG110 warning | No route gives a rule's log source; the rule does not run. | Add a route to content/mappings/logsources.yml.
        SIG120 error | A file or folder of rules is not there or cannot be read. | Check path and permissions.
        SIG121 error | A zip has too many entries. | Split it.
        SIG122 error | A zip cannot be read. | Pack it again.
        SIG130 error | There are cases for a file that has no loaded rule. | Name the cases as the rule's file.
        SIG131 error | A line of cases begins with neither sign. | Begin with '+ ' or '- ', then the record.
        SIG132 error | A rule does not match a case that it should match. | Mend the rule or the case.
        SIG133 error | A rule matches a case that it should not match. | Mend the rule or the case.
        SIG134 warning | Cases lack positive or negative ones. | Add a case of the other kind.
        SIG140 error | A pipeline cannot be read. | Give the path of a YAML file with one map of keys.
        SIG141 error | There is no such transformation; the pipeline is refused. | The hint lists those that there are.
        SIG142 error | There is no such condition; the pipeline is refused. | docs/reference/pipelines.md lists those that there are.
        SIG143 error | A key of a pipeline is missing, unknown or wrong; the pipeline is refused. | The message names it.
        SIG144 error | An expression over conditions names one that is not there, or leaves one out. | Give the conditions as a map and use each name.
        SIG145 warning | A pipeline is for other programs and is not used. | Add 'andon' to 'allowed_backends', or remove the file.
        SIG146 error | A pipeline changes the text of a query; the pipeline is refused. | Remove 'postprocessing' and 'finalizers'.
        SIG147 error | A pipeline refuses the rule. | Change the rule, or the pipeline.
        SIG148 error | A pipeline leaves nothing of the rule. | Drop fewer items, or give the step conditions.
        SIG149 error | A pipeline gives a field of a correlation several names. | Map it to one name for correlations.
        """;
}
