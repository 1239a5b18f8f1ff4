using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Intake.Collect.Uploads;

/// <summary>Which files were given before, by their content.</summary>
sealed class UploadBook : IFold
{
    readonly Lock gate = new();
    readonly Dictionary<string, SourceUploaded> bySum = new(StringComparer.Ordinal);

    public void Apply(Fact fact)
    {
        if (fact.Body is not SourceUploaded upload) return;
        lock (gate) bySum[upload.Sha256] = upload;
    }

    public SourceUploaded? Find(string sha256) { lock (gate) return bySum.GetValueOrDefault(sha256); }
}
