using System.Text;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Hunt;

/// <summary>What a document means to Andon after its modifiers are applied and pipelines rewrote it, as text for people and for tests.</summary>
static class CanonicalText
{
    public static string Of(SigmaDocument document)
    {
        var text = new StringBuilder();
        var header = document.Header;
        var kind = document switch { RuleDocument => "rule", FilterDocument => "filter", _ => "correlation" };
        text.Append(kind).Append(' ').Append(header.RuleId);
        if (header.RuleId != header.Title) text.Append(" '").Append(header.Title).Append('\'');
        text.Append('\n');
        if (header.Rewriting.Length > 0) text.Append("  rewritten by ").Append(header.Rewriting).Append('\n');
        switch (document)
        {
            case RuleDocument rule: Detection(rule.Source, rule.Detection); break;
            case FilterDocument filter:
                text.Append("  for ").Append(filter.Rules.Count == 0 ? "any" : string.Join(", ", filter.Rules)).Append('\n');
                Detection(filter.Source, filter.Detection);
                break;
            default: text.Append("  ").Append(document).Append('\n'); break;
        }
        if (header.Fields.Count > 0) text.Append("  fields ").AppendJoin(", ", header.Fields).Append('\n');
        return text.ToString();

        void Detection(LogSource source, Detection detection)
        {
            text.Append("  logsource ").Append(source).Append('\n');
            foreach (var search in detection.Searches) text.Append("  ").Append(search.Name).Append(": ").Append(search.Search).Append('\n');
            foreach (var condition in detection.Conditions) text.Append("  condition: ").Append(condition).Append('\n');
        }
    }
}
