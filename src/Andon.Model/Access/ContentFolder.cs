namespace Andon.Model;

/// <summary>Where the program finds its content (fields, parsers, mappings, rules, playbooks): data, not code.</summary>
public sealed record ContentFolder(string Path);
