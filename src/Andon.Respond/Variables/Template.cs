using System.Text;
using System.Text.RegularExpressions;

namespace Andon.Respond.Variables;

/// <summary>A text with places for variables, read once. A value put in is never scanned again, so a value cannot name another variable.</summary>
sealed partial class Template
{
    readonly List<(string Text, string? Name)> parts = [];

    Template() { }

    /// <summary>Names of the variables it reads.</summary>
    public IEnumerable<string> Names => parts.Where(p => p.Name is not null).Select(p => p.Name ?? "");

    public static Template Parse(string text)
    {
        var template = new Template();
        var at = 0;
        foreach (Match match in Place().Matches(text))
        {
            if (match.Index > at) template.parts.Add((text[at..match.Index], null));
            template.parts.Add((match.Value, match.Groups["name"].Value));
            at = match.Index + match.Length;
        }
        if (at < text.Length) template.parts.Add((text[at..], null));
        return template;
    }

    /// <summary>The text with each variable encoded for the place it stands in. Throws <see cref="RenderRefused"/> when one is unset or not to be put there.</summary>
    public string Render(Func<string, Variable?> variables, Func<string, string> encode)
    {
        var text = new StringBuilder();
        foreach (var (part, name) in parts)
        {
            if (name is null) text.Append(part);
            else text.Append(encode(Value(variables, name)));
        }
        return text.ToString();
    }

    /// <summary>The variable, when the whole text is nothing but its place.</summary>
    public string? Only => parts is [{ Name: { } name }] ? name : null;

    public static string Value(Func<string, Variable?> variables, string name) =>
        variables(name)?.Value ?? throw new RenderRefused($"{name} has no value, so the command cannot be carried out as written.");

    [GeneratedRegex("(?<name>__[A-Za-z][A-Za-z0-9_-]*?__):value", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}

/// <summary>A command cannot be rendered with these values: the step fails with the message, nothing is sent.</summary>
sealed class RenderRefused(string message) : Exception(message);
