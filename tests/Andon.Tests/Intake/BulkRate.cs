using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Andon.Intake;

namespace Andon.Tests.Intake;

/// <summary>Above its rate <c>_bulk</c> refuses each item, because rsyslog forgets a request whose answer names none.</summary>
public sealed class BulkRate
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task What_is_too_much_is_refused_item_by_item_and_nothing_of_it_is_kept()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path, listeners: new Dictionary<string, ListenerSettings> { ["bulk"] = new(RecordsPerSecond: 5) });
        house.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", "secret-token");
        var (kept, refused) = (0, 0);
        for (var i = 0; i < 10; i++)
        {
            using var body = new StringContent("{\"index\":{}}\n{\"a\":1}\n{\"index\":{}}\n{\"a\":2}\n{\"delete\":{\"_id\":\"7\"}}\n", new MediaTypeHeaderValue("application/x-ndjson"));
            using var answer = await house.Http.PostAsync("/_bulk", body, Stop);
            var items = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("items").EnumerateArray().Select(item => item.EnumerateObject().Single().Value.GetProperty("status").GetInt32()).ToList();
            Assert.Equal(3, items.Count);
            Assert.Equal(400, items[2]);
            Assert.Equal(items[0], items[1]);
            if (items[0] == 201) kept += 2;
            else
            {
                Assert.Equal(429, items[0]);
                refused++;
            }
        }
        Assert.True(refused > 0, "Ten requests at once are more than five records a second.");
        Assert.Equal(kept + 1, (int)house.Log.Next);
    }
}
