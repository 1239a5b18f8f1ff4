using System.Text;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads one item: <c>field|modifier|…: value or list</c>. Modifiers apply from left to right.</summary>
static class ItemReader
{
    public static Item? Read(string key, Mark at, YamlNode value, FindingSink sink, PlaceholderLists lists)
    {
        var bar = key.IndexOf('|', StringComparison.Ordinal);
        string? field = WithoutBlanks(bar < 0 ? key : key[..bar]);
        if (field.Length == 0) field = null;
        if (field is null && bar < 0)
        {
            sink.Error("SIG050", at, "A key without field and modifier.", "Name the field, or write keywords as a list.");
            return null;
        }
        if (Modifiers.Read(bar < 0 ? "" : key[(bar + 1)..], field is not null, at, sink) is not { } mods) return null;

        var nodes = value is YamlList list ? list.Items : [value];
        if (nodes.Count == 0)
        {
            sink.Error("SIG051", value.At, $"'{key}' has an empty list; it could never match.", "Give values, or remove the item.");
            return null;
        }
        var errors = sink.Errors;
        var tests = new List<IReadOnlyList<ValueTest>>(nodes.Count);
        foreach (var node in nodes)
        {
            if (node is not YamlScalar scalar)
            {
                sink.Error("SIG052", node.At, $"A value of '{key}' is a list or a map; values are plain.", "A list of maps belongs under the identifier, not under a field.");
                continue;
            }
            if (scalar.Kind == ScalarKind.Null && nodes.Count > 1 && mods.Chain.Count == 0)
                sink.Warn("SIG053", scalar.At, "null inside a list is not in the specification; it is read as 'or absent'.", "Write a list of maps, one with 'field: null'.");
            if (mods.Has("expand") && Placeholders.Of(scalar.Text, lists) is { } parts)
            {
                // An expression that is wrong whatever is filled in is told here, once.
                if (mods.Has("re")) One(key, field, string.Concat(parts.Select(p => p.IsPlaceholder ? "x" : p.Text)), null, scalar, mods, sink);
                tests.Add([new ListTest(scalar.Text, string.Join('|', mods.Chain.Where(m => m is not ("all" or "neq"))), parts, scalar.At, Make)]);
            }
            else if (One(key, field, mods.Has("expand") ? Placeholders.Plain(scalar.Text) : scalar.Text, null, scalar, mods, sink) is { } tested) tests.Add(tested);

            IReadOnlyList<ValueTest>? Make(string text, Pattern pattern) => One(key, field, text, pattern, scalar, mods, new(sink.File));
        }
        if (sink.Errors > errors) return null;
        if (mods.Has("all") && nodes.Count == 1) sink.Warn("SIG054", at, $"'all' on a single value of '{key}' does nothing.", "Remove it.");
        if ((mods.Compare is not null || mods.Has("exists")) && nodes.Count > 1)
        {
            sink.Error("SIG055", value.At, $"'{key}' takes one value.", "Write one value; for a range use two items.");
            return null;
        }
        return new(field, tests, mods.Has("all"), mods.Has("neq"), key, at);
    }

    static string WithoutBlanks(string name)
    {
        foreach (var c in name)
            if (char.IsWhiteSpace(c)) return string.Concat(name.Where(x => !char.IsWhiteSpace(x)));
        return name;
    }

    /// <param name="given">What the text means, where that is known already: a value that placeholders are filled into.</param>
    static IReadOnlyList<ValueTest>? One(string key, string? field, string text, Pattern? given, YamlScalar scalar, Modifiers mods, FindingSink sink)
    {
        var at = scalar.At;
        if (mods.Has("exists"))
        {
            if (scalar.Kind is ScalarKind.True or ScalarKind.False) return [new ExistsTest(scalar.Kind == ScalarKind.True)];
            return Refuse("SIG063", "'exists' takes true or false.", "Write 'exists: true'.");
        }
        if (mods.Has("fieldref"))
        {
            var compare = mods.Place switch { "contains" => FieldCompare.Contains, "startswith" => FieldCompare.StartsWith, "endswith" => FieldCompare.EndsWith, _ => FieldCompare.Equals };
            if (scalar.Kind != ScalarKind.Text || text.Length == 0) return Refuse("SIG063", "'fieldref' takes the name of a field.", "Write the other field's name.");
            return [new FieldRefTest(WithoutBlanks(text), compare, mods.Has("cased"))];
        }
        if (mods.Time is not null || mods.Compare is not null)
        {
            if (!Number.TryParse(Encoding.UTF8.GetBytes(text.Trim()), out var number)) return Refuse("SIG063", $"'{text}' is not a number.", $"'{mods.Chain[^1]}' compares numbers.");
            var op = mods.Compare switch { "lt" => CompareOp.Lt, "lte" => CompareOp.Lte, "gt" => CompareOp.Gt, "gte" => CompareOp.Gte, _ => CompareOp.Eq };
            if (mods.Time is null) return [new CompareTest(op, number)];
            if (!number.IsWhole) return Refuse("SIG063", $"'{text}' is not a whole number.", "Parts of a time are whole numbers.");
            return [new TimePartTest(Enum.Parse<TimePart>(mods.Time, ignoreCase: true), op, number.Whole)];
        }
        if (mods.Has("cidr"))
        {
            if (!Network.TryParse(text, out var network, out var hostBits)) return Refuse("SIG064", $"'{text}' is not a network.", "For example 10.0.0.0/8 or fe80::/10.");
            if (hostBits) sink.Warn("SIG065", at, $"'{text}' has host bits set; it is read as {network}.", $"Write {network}.");
            return [new CidrTest(network)];
        }
        if (mods.Has("re")) return Regex(text);

        if (scalar.Kind == ScalarKind.Null)
        {
            if (field is null) return Refuse("SIG057", "null is not a keyword.", "Remove it.");
            return mods.Chain.Any(m => m is not ("all" or "neq")) ? Refuse("SIG057", $"null cannot stand under '{mods.Chain[0]}'.", "Write 'field: null' as an item of its own.") : [new NullTest()];
        }
        if (mods.Base64 is not null) return Base64(text);
        if (scalar.IsNumber && mods.Place is null && field is not null && !mods.Has("windash")) return [new NumberTest(text, scalar.CanonicalNumber())];

        var pattern = given ?? (scalar.Kind == ScalarKind.Text || mods.Has("expand") ? Pattern.Parse(text) : Pattern.Literal(scalar.IsNumber ? text : text.ToLowerInvariant()));
        if (mods.Has("windash")) pattern = pattern.WithDashes();
        if (pattern.Pieces.Count == 0 && (mods.Place is not null || field is null))
            sink.Warn("SIG058", at, $"An empty value under '{key}' matches every value.", "Remove it, or drop the modifier to ask for the empty string.");
        if (mods.Place is null && field is not null && pattern.Pieces.Count > 1 && scalar.Kind == ScalarKind.Text) Lint(text, pattern, field, at, sink);
        pattern = (mods.Place, field) switch
        {
            ("contains", _) or (null, null) => pattern.Widen(before: true, after: true),
            ("startswith", _) => pattern.Widen(before: false, after: true),
            ("endswith", _) => pattern.Widen(before: true, after: false),
            _ => pattern,
        };
        return [new PatternTest(pattern, mods.Has("cased"))];

        IReadOnlyList<ValueTest>? Refuse(string code, string message, string hint)
        {
            sink.Error(code, at, message, hint);
            return null;
        }

        IReadOnlyList<ValueTest>? Regex(string regex)
        {
            if (mods.Place == "startswith") regex = $"\\A(?:{regex})";
            if (mods.Place == "endswith") regex = $"(?:{regex})\\z";
            var test = new RegexTest(regex, mods.IgnoreCase, mods.MultiLine, mods.DotAll);
            try
            {
                Regexes.Check(test);
                return [test];
            }
            catch (NotSupportedException)
            {
                return Refuse("SIG066", $"The regular expression '{Short(text)}' uses look-around, a back-reference or an atomic group.", "Write it without; expressions here run in linear time.");
            }
            catch (ArgumentException e)
            {
                return Refuse("SIG067", $"The regular expression '{Short(text)}' is not valid: {e.Message}", "Mend it.");
            }
        }

        IReadOnlyList<ValueTest>? Base64(string plain)
        {
            var parsed = given ?? Pattern.Parse(plain);
            if (parsed.HasWildcards) return Refuse("SIG068", $"A wildcard inside a value of '{mods.Base64}'.", "Escape it with a backslash, or write the parts as a list.");
            var literal = parsed.Pieces.Count == 0 ? "" : parsed.Pieces[0].Text;
            if (literal.Length == 0) return Refuse("SIG068", $"An empty value under '{mods.Base64}'.", "Give the text to encode.");
            byte[] bytes = mods.Wide switch
            {
                null => Encoding.UTF8.GetBytes(literal),
                "utf16be" => Encoding.BigEndianUnicode.GetBytes(literal),
                "utf16" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(literal)],
                _ => Encoding.Unicode.GetBytes(literal),
            };
            string[] forms = mods.Base64 == "base64" ? [Convert.ToBase64String(bytes)] : Offsets(bytes);
            return [.. forms.Where(f => f.Length > 0).Select(f => new PatternTest(
                Pattern.Literal(f).Widen(before: mods.Place is "contains" or "endswith", after: mods.Place is "contains" or "startswith"), Cased: true))];
        }
    }

    static void Lint(string text, Pattern p, string field, Mark at, FindingSink sink)
    {
        var stars = 0;
        foreach (var piece in p.Pieces)
            if (piece.Kind == PieceKind.Any) stars++;
        var better = (p.Pieces[0].Kind == PieceKind.Any, p.Pieces[^1].Kind == PieceKind.Any, stars) switch { (true, true, 2) => "contains", (true, false, 1) => "endswith", (false, true, 1) => "startswith", _ => null };
        if (better is not null) sink.Note("SIG059", at, $"'{text}' says with a wildcard what '{better}' says.", $"Write '{field}|{better}'.");
    }

    // At each of three byte offsets the characters that depend on neighbouring bytes are cut away.
    static string[] Offsets(byte[] bytes)
    {
        var forms = new string[3];
        for (var offset = 0; offset < 3; offset++)
        {
            var whole = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var start = offset switch { 0 => 0, 1 => 2, _ => 3 };
            var end = ((bytes.Length + offset) % 3) switch { 0 => whole.Length, 1 => whole.Length - 3, _ => whole.Length - 2 };
            forms[offset] = end > start ? whole[start..end] : "";
        }
        return forms;
    }

    static string Short(string text) => text.Length <= 80 ? text : text[..77] + "…";
}
