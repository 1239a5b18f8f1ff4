using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>How Wazuh writes the values of a Windows event.</summary>
static class WazuhValues
{
    /// <summary>
    /// Wazuh's agent escapes the backslashes of a value, and its manager writes them so: where all stand in pairs, each pair is one. What it sets around
    /// the text for people goes too.
    /// </summary>
    public static void Unslash(EventDraft draft, ref Leaf leaf)
    {
        if (leaf.Kind != ValueKind.Text || leaf.Length == 0) return;
        if (leaf.Field == Ecs.Message && draft.Batch.Slice(leaf.At, leaf.Length) is [(byte)'"', .., (byte)'"']) (leaf.At, leaf.Length) = (leaf.At + 1, leaf.Length - 2);
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value.IndexOf((byte)'\\') < 0) return;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\') continue;
            if (i + 1 == value.Length || value[++i] != '\\') return;
        }
        var room = draft.Batch.Reserve(leaf.Length);
        value = draft.Batch.Slice(leaf.At, leaf.Length);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\') i++;
            room[n++] = value[i];
        }
        (leaf.At, leaf.Length) = (draft.Batch.Commit(n), n);
    }
}
