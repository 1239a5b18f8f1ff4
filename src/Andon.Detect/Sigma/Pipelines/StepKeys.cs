using System.Globalization;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>The keys of one map of a pipeline. Whatever nobody asked for is an error: a pipeline is never half understood.</summary>
sealed class StepKeys(YamlMap map, string what, FindingSink sink)
{
    readonly HashSet<string> asked = [];

    public Mark At => map.At;
    public FindingSink Sink => sink;

    public YamlNode? Node(string key)
    {
        asked.Add(key);
        return map.Get(key) is YamlScalar { Kind: ScalarKind.Null } ? null : map.Get(key);
    }

    public string? Text(string key) => Node(key) switch
    {
        null => null,
        YamlScalar scalar => scalar.Text,
        var other => Wrong<string>(other.At, $"'{key}' of {what} is one word."),
    };

    public string Needed(string key) => Text(key) ?? (map.Get(key) is null or YamlScalar ? Wrong<string>(map.At, $"'{key}' of {what} is missing.") : null) ?? "";

    public bool Truth(string key, bool otherwise = false) => Node(key) switch
    {
        null => otherwise,
        YamlScalar { Kind: ScalarKind.True } => true,
        YamlScalar { Kind: ScalarKind.False } => false,
        var other => Wrong(other.At, $"'{key}' of {what} is true or false.", otherwise),
    };

    public long Number(string key, long otherwise) => Node(key) switch
    {
        null => otherwise,
        YamlScalar { Kind: ScalarKind.Integer } one when long.TryParse(one.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var other => Wrong(other.At, $"'{key}' of {what} is a whole number.", otherwise),
    };

    /// <summary>One of these words, the first when the key is not there.</summary>
    public string Word(string key, params string[] words)
    {
        var text = Text(key) ?? words[0];
        return words.Contains(text) ? text : Wrong(map.Get(key)!.At, $"'{key}' of {what} is one of {string.Join(", ", words)}.", words[0]);
    }

    public IReadOnlyList<string> Texts(string key, bool needed = false)
    {
        switch (Node(key))
        {
            case null: return needed ? Wrong<IReadOnlyList<string>>(map.At, $"'{key}' of {what} is missing.", []) : [];
            case YamlScalar one: return [one.Text];
            case YamlList list when list.Items.All(i => i is YamlScalar): return [.. list.Items.Cast<YamlScalar>().Select(s => s.Text)];
            case var other: return Wrong<IReadOnlyList<string>>(other.At, $"'{key}' of {what} is a list of words.", []);
        }
    }

    /// <summary>A map of word to words.</summary>
    public Dictionary<string, IReadOnlyList<string>> Mapping(string key)
    {
        var mapping = new Dictionary<string, IReadOnlyList<string>>();
        if (Node(key) is not YamlMap entries) return Wrong(map.Get(key)?.At ?? map.At, $"'{key}' of {what} is a map.", mapping);
        foreach (var (from, to) in entries.Entries)
            if (to is YamlScalar { Kind: not ScalarKind.Null } one) mapping[from.Text] = [one.Text];
            else if (to is YamlList { Items.Count: > 0 and <= Limits.RewrittenMax } many && many.Items.All(i => i is YamlScalar)) mapping[from.Text] = [.. many.Items.Cast<YamlScalar>().Select(s => s.Text)];
            else Wrong(to.At, $"'{from.Text}' in '{key}' of {what} goes to a word or a list of words.", 0);
        return mapping;
    }

    /// <summary>A regular expression as Python writes it, in linear time.</summary>
    public Regex? Expression(string text, bool fromStart)
    {
        var dotnet = text.Replace("(?P<", "(?<", StringComparison.Ordinal);
        try
        {
            return new(fromStart ? $"\\A(?:{dotnet})" : dotnet, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Wrong<Regex>(map.At, $"The regular expression '{text}' of {what} cannot be used: {e.Message}");
        }
    }

    public StepKeys Inner(YamlMap inner, string name) => new(inner, name, sink);

    /// <summary>Everything was asked for; what is left is not understood.</summary>
    public void End()
    {
        foreach (var (key, _) in map.Entries)
            if (!asked.Contains(key.Text)) sink.Error("SIG143", key.At, $"{char.ToUpperInvariant(what[0])}{what[1..]} knows no key '{key.Text}'.", $"It has: {string.Join(", ", asked.Order(StringComparer.Ordinal))}.");
    }

    public T Wrong<T>(Mark at, string message, T otherwise)
    {
        sink.Error("SIG143", at, message, "See docs/reference/pipelines.md.");
        return otherwise;
    }

    public T? Wrong<T>(Mark at, string message) where T : class
    {
        sink.Error("SIG143", at, message, "See docs/reference/pipelines.md.");
        return null;
    }
}
