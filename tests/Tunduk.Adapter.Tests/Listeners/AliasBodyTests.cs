using System.IO.Compression;
using System.Text;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>What would be passed over in silence on <c>/v1/services/{alias}</c> is refused by name.</summary>
public sealed class AliasBodyTests
{
    [Fact]
    public async Task Ask_CompressedBody_IsRefusedByName()
    {
        await using var world = await TestWorld.StartAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(TestPersons.Request));
        }

        foreach (var encoding in new[] { "gzip", "br", "deflate", "identity, gzip" })
        {
            var content = new ByteArrayContent(packed.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            await world.RefusedAsync("content_type_unsupported", "decode", content: content);
        }

        var plain = TestWorld.Json(TestPersons.Request);
        plain.Headers.TryAddWithoutValidation("Content-Encoding", "identity");
        (await world.AskAsync(content: plain)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_QueryBehindTheAlias_IsRefusedByNameAndNotRepeated()
    {
        await using var world = await TestWorld.StartAsync();
        var refusal = await world.RefusedAsync("address_invalid", "decode", alias: "getPerson?pin=21502197994378");
        refusal.Path.ShouldBe("query");
        refusal.Found.ShouldBe("1 parameters");
        (await world.AskAsync("getPerson?")).Status.ShouldBe(200);
    }
}
