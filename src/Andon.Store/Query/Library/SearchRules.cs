using Andon.Model;

namespace Andon.Store.Query;

/// <summary>What a saved search or a dashboard must be, whoever wrote it: all that is wrong, at once.</summary>
internal static class SearchRules
{
    public static readonly IReadOnlyList<string> Ranges = ["15m", "1h", "4h", "24h", "7d", "30d"];
    public static readonly IReadOnlyList<string> Charts = ["number", "table", "bars", "lines"];

    public static IEnumerable<Finding> Check(string name, string description, string kql, IReadOnlyList<SearchParameter> parameters, IReadOnlyList<string> tags, string range)
    {
        foreach (var finding in Named(name, description, range)) yield return finding;
        if (string.IsNullOrWhiteSpace(kql)) yield return new("LIB003", "The search has no query.", "Events | where …", "/kql");
        if (tags.Count > Limits.TagsMax || tags.Any(t => t.Length is 0 or > 40)) yield return new("LIB004", "These tags cannot be kept.", $"{Limits.TagsMax} at most (TagsMax), of 1 to 40 characters.", "/tags");
        foreach (var finding in CheckParameters(parameters)) yield return finding;
    }

    public static IEnumerable<Finding> CheckBoard(
        string name, string description, IReadOnlyList<DashboardPanel> panels, IReadOnlyList<SearchParameter> parameters, string range, Func<string, bool> known)
    {
        foreach (var finding in Named(name, description, range)) yield return finding;
        foreach (var finding in CheckParameters(parameters)) yield return finding;
        if (panels.Count is 0 or > Limits.PanelsMax) yield return new("LIB010", $"A dashboard of {panels.Count} panels cannot be kept.", $"1 to {Limits.PanelsMax} (PanelsMax).", "/panels");
        for (var i = 0; i < panels.Count; i++)
        {
            var (panel, place) = (panels[i], $"/panels/{i}");
            if (panel.Title.Length is 0 or > Limits.NameCharsMax) yield return new("LIB011", "The panel has no title, or too long a one.", $"1 to {Limits.NameCharsMax} characters.", place);
            if (!known(panel.SearchId)) yield return new("LIB012", $"There is no saved search '{panel.SearchId}'.", "Save the search first.", place);
            if (!Charts.Contains(panel.Chart)) yield return new("LIB013", $"'{panel.Chart}' is no kind of picture.", string.Join(", ", Charts), place);
            if (panel.Width is < 1 or > 4 || panel.Height is < 1 or > 8) yield return new("LIB014", $"A panel of {panel.Width} by {panel.Height} cannot be drawn.", "Width 1 to 4, height 1 to 8.", place);
        }
    }

    static IEnumerable<Finding> Named(string name, string description, string range)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > Limits.NameCharsMax) yield return new("LIB005", "A name is needed.", $"1 to {Limits.NameCharsMax} characters (NameCharsMax).", "/name");
        if (description.Length > Limits.DescriptionCharsMax) yield return new("LIB006", "The description is too long.", $"{Limits.DescriptionCharsMax} characters at most (DescriptionCharsMax).", "/description");
        if (!Ranges.Contains(range)) yield return new("LIB007", $"'{range}' is no range of time.", string.Join(", ", Ranges), "/range");
    }

    static IEnumerable<Finding> CheckParameters(IReadOnlyList<SearchParameter> parameters)
    {
        if (parameters.Count > Limits.ParametersMax) yield return new("LIB008", $"{parameters.Count} parameters are too many.", $"{Limits.ParametersMax} at most (ParametersMax).", "/parameters");
        for (var i = 0; i < parameters.Count; i++)
        {
            var (p, place) = (parameters[i], $"/parameters/{i}");
            if (SearchValues.RefuseName(p.Name) is { } why) yield return new("LIB009", $"'{p.Name}' cannot name a parameter: {why}.", "Letters, digits and underscores, beginning with a letter.", place);
            if (parameters.Take(i).Any(o => o.Name == p.Name)) yield return new("LIB009", $"Two parameters are named '{p.Name}'.", "Rename one.", place);
            if (!SearchValues.Types.Contains(p.Type)) yield return new("LIB015", $"'{p.Type}' is no type of a parameter.", string.Join(", ", SearchValues.Types), place);
            else if (p.Default is not null && SearchValues.Read(p.Type, p.Default) is null) yield return new("LIB016", $"The default '{p.Default}' is no {p.Type}.", "Mend it, or leave it out.", place);
            if (p.Entity is { Length: > 0 } entity && !Enum.TryParse<EntityKind>(entity, ignoreCase: true, out _)) yield return new("LIB017", $"'{entity}' is no kind of entity.", string.Join(", ", Enum.GetNames<EntityKind>()).ToLowerInvariant(), place);
        }
    }
}
