namespace Andon.Store.Query.Editing;

/// <summary>How each operator is written and what it does, for people who write one.</summary>
internal static class OperatorHelp
{
    public static readonly Dictionary<string, (string Form, string Meaning)> All = new()
    {
        ["where"] = ("where test", "Keeps the rows for which the test holds; null does not hold."),
        ["filter"] = ("filter test", "Like where."),
        ["search"] = ("search 'text'", "Keeps the rows in which any text has the terms."),
        ["extend"] = ("extend name = expression, …", "Adds columns, or replaces those of the same name."),
        ["project"] = ("project name = expression, …", "These columns only, in this order."),
        ["project-away"] = ("project-away name, na*", "All columns but these."),
        ["project-keep"] = ("project-keep name, na*", "These columns only, in the order in which they were."),
        ["project-rename"] = ("project-rename new = old, …", "Other names, same places."),
        ["project-reorder"] = ("project-reorder name, …", "These columns first."),
        ["summarize"] = ("summarize aggregate, … by key, …", "One row for each group."),
        ["distinct"] = ("distinct name, …", "Each combination once."),
        ["count"] = ("count", "The number of rows."),
        ["sort"] = ("sort by key desc, …", "Puts the rows in order; descending when not said otherwise."),
        ["order"] = ("order by key desc, …", "Like sort."),
        ["top"] = ("top n by key desc", "The first n rows of that order."),
        ["take"] = ("take n", "Any n rows."),
        ["limit"] = ("limit n", "Like take."),
        ["union"] = ("union table, …", "Rows of several tables, one under the other."),
        ["render"] = ("render timechart", "How the answer is drawn."),
        ["join"] = ("join kind=inner (table) on key", "Rows of both sides that have the same key."),
        ["lookup"] = ("lookup (table) on key", "Adds columns of a small table."),
        ["parse"] = ("parse column with 'text' name 'text' …", "Cuts text into columns by what stands between."),
        ["parse-where"] = ("parse-where column with 'text' name …", "The same; rows that do not fit are left out."),
        ["parse-kv"] = ("parse-kv column as (name:type, …)", "Cuts pairs of name and value into columns."),
        ["mv-expand"] = ("mv-expand column", "One row for each item of a list."),
        ["mv-apply"] = ("mv-apply column on (…)", "A query over the items of each row's list."),
        ["make-series"] = ("make-series aggregate on timestamp step 1h by key", "Lists of values along time."),
        ["serialize"] = ("serialize name = expression", "Rows keep their order, so that prev() and next() have a meaning."),
        ["as"] = ("as name", "Names the table so far."),
        ["evaluate"] = ("evaluate pivot(column)", "A plug-in: pivot or bag_unpack."),
    };

    /// <summary>What a comparison asks.</summary>
    public static string Relation(string relation)
    {
        if (relation[0] == '!' && relation.Length > 2) return $"The opposite of {relation[1..]}.";
        if (relation.EndsWith("_cs", StringComparison.Ordinal)) return $"{relation[..^3]}, upper and lower case told apart.";
        return relation switch
        {
            "==" => "Equal, upper and lower case told apart.",
            "!=" => "Not equal; null is not equal to any value.",
            "=~" => "Equal, whatever the case.",
            "!~" => "Not equal, whatever the case.",
            "has" => "Has the whole terms, whatever the case; served by an index.",
            "hasprefix" => "Has a term that begins so.",
            "hassuffix" => "Has a term that ends so.",
            "contains" => "Has the text anywhere, whatever the case.",
            "startswith" => "Begins with the text, whatever the case.",
            "endswith" => "Ends with the text, whatever the case.",
            "matches regex" => "Has a match of the pattern (RE2).",
            "in" => "Is one of the values.",
            "in~" => "Is one of the values, whatever the case.",
            "has_any" => "Has one of the terms.",
            "has_all" => "Has all of the terms.",
            "between" => "Lies between two values, both included.",
            _ => "",
        };
    }
}
