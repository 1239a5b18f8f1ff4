using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>
/// Reads conditions. Binding, weakest first: or, and, not, "1 of" / "all of", parentheses. Words are taken whole,
/// so an identifier may be called <c>selection-1</c>, <c>1_of_two</c> or <c>android</c>.
/// </summary>
sealed class ConditionReader
{
    readonly List<string> words = [];
    int at;
    int depth;

    sealed class Refusal(string code, string message, string hint) : Exception(message)
    {
        public string Code { get; } = code;
        public string Hint { get; } = hint;
    }

    /// <summary>Null when refused; the sink then says why.</summary>
    public static Condition? Read(string text, Mark place, FindingSink sink)
    {
        try
        {
            if (text.Length > Limits.ConditionCharsMax) throw new Refusal("SIG040", $"The condition is longer than {Limits.ConditionCharsMax} characters.", "Shorten it.");
            var reader = new ConditionReader();
            reader.Tokenise(text);
            if (reader.words.Count == 0) throw new Refusal("SIG041", "The condition is empty.", "Name the identifier that must match, for example 'selection'.");
            var condition = reader.Or();
            if (reader.at < reader.words.Count)
                throw new Refusal("SIG042", $"The condition goes on with '{reader.words[reader.at]}' where it should end.", "Put 'and' or 'or' between its parts.");
            return condition;
        }
        catch (Refusal e)
        {
            sink.Error(e.Code, place, e.Message, e.Hint);
            return null;
        }
    }

    void Tokenise(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c)) { i++; continue; }
            if (c is '(' or ')') { words.Add(c.ToString()); i++; continue; }
            if (c == '|')
                throw new Refusal("SIG043", "Aggregations after '|' (count, near, sum …) are an old form.", "Write a correlation document: event_count for count(), value_count for count(field), temporal for near, value_sum for sum(field).");
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')' or '|')) i++;
            var word = text[start..i];
            foreach (var letter in word)
                if (!char.IsLetterOrDigit(letter) && letter is not ('_' or '-' or '*' or '.'))
                    throw new Refusal("SIG044", $"'{letter}' in '{word}' does not belong in a condition.", "Identifiers have letters, digits, '_' and '-'; '*' is the wildcard of '1 of' and 'all of'.");
            words.Add(word);
        }
    }

    Condition Or() => Chain("or", () => Chain("and", Not, all => new AndCondition(all)), all => new OrCondition(all));

    Condition Chain(string word, Func<Condition> part, Func<List<Condition>, Condition> join)
    {
        var first = part();
        if (!Is(word)) return first;
        var all = new List<Condition> { first };
        while (Is(word)) { at++; all.Add(part()); }
        return join(all);
    }

    Condition Not()
    {
        if (!Is("not")) return Atom();
        at++;
        Enter();
        var inner = Not();
        depth--;
        return new NotCondition(inner);
    }

    Condition Atom()
    {
        if (at >= words.Count) throw new Refusal("SIG045", "The condition ends where an identifier is expected.", "Complete it.");
        var word = words[at++];
        if (word == "(")
        {
            Enter();
            var inner = Or();
            if (at >= words.Count || words[at] != ")") throw new Refusal("SIG046", "A parenthesis is not closed.", "Add ')'.");
            at++;
            depth--;
            return inner;
        }
        if (word == ")") throw new Refusal("SIG046", "A ')' stands where an identifier is expected.", "Remove it, or add what it closes.");
        if (at < words.Count && Same(words[at], "of") && at + 1 < words.Count)
        {
            var all = Same(word, "all");
            if (!all && word != "1" && !Same(word, "any")) throw new Refusal("SIG047", $"'{word} of' is not a quantity of Sigma.", "Write '1 of', 'any of' or 'all of'.");
            at++;
            var of = words[at++];
            if (of is "(" or ")") throw new Refusal("SIG047", "'of' needs a pattern or 'them'.", "For example '1 of selection_*'.");
            return new OfCondition(all, Same(of, "them") ? "them" : of);
        }
        if (Same(word, "and") || Same(word, "or") || Same(word, "of")) throw new Refusal("SIG045", $"'{word}' stands where an identifier is expected.", "Complete the condition.");
        if (word.Contains('*', StringComparison.Ordinal)) throw new Refusal("SIG048", $"The pattern '{word}' needs '1 of' or 'all of' before it.", $"Write '1 of {word}' or 'all of {word}'.");
        return new NameCondition(word);
    }

    void Enter()
    {
        if (++depth > Limits.ConditionDepthMax) throw new Refusal("SIG040", $"The condition is nested deeper than {Limits.ConditionDepthMax} levels.", "Flatten it.");
    }

    bool Is(string word) => at < words.Count && Same(words[at], word);
    static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
