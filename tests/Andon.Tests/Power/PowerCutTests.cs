using Andon.Tests.Power.Cut;

namespace Andon.Tests.Power;

/// <summary>Acknowledged means on disk, also when the power goes: kill -9 keeps the page cache and would never see a missing fsync.</summary>
public sealed class PowerCutTests
{
    [Xunit.Fact]
    public async Task What_was_acknowledged_stands_after_a_power_cut_at_any_moment()
    {
        var nightly = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";
        var work = Directory.CreateTempSubdirectory("andon-power-").FullName;
        try
        {
            var (layer, why) = CutLayer.Make(work);
            if (layer is null) Assert.Skip(why);
            var seed = nightly ? Random.Shared.Next() : 20261123;
            var cuts = new PowerCuts(layer, work, seed, TestContext.Current.SendDiagnosticMessage);
            await cuts.Run(nightly ? 60 : 2, cutsARound: 2, TimeSpan.FromSeconds(nightly ? 4 : 1.5), engine: false, CutMode.Strict);
            Assert.True(cuts.Report.Wrong.Count == 0, string.Join('\n', cuts.Report.Wrong.Prepend(cuts.Report.ToString())));
            Assert.True(cuts.Report.Acknowledged > 100, cuts.Report.ToString());
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
