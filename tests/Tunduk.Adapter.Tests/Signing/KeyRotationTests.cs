using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Signing;

/// <summary>Keys change while exchanges run: nothing is restarted, nothing refused.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task Rotate_UnderLoad_EveryExchangeIsAnsweredAndTheNewKeySigns()
    {
        var next = TestKeys.ConsumerNext();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            ProviderAgreement = text => text.Replace("certificates: [ ", $"certificates: [ {{ sha256: \"{TestKeys.Sha256(next.Certificate)}\", from: 2020-01-01, until: 2090-01-01 }}, ", StringComparison.Ordinal),
        });
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var answers = new List<HttpReply>();
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await world.AskAsync());
            }

            return answers;
        })).ToList();
        await Wait.ForAsync(() => world.InformationSystem.Calls.Count > 20);

        Change(world, options =>
        {
            options["Keys"]!["next"] = new JsonObject { ["Certificate"] = next.CertificatePath, ["Key"] = next.KeyPath, ["From"] = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToString("O") };
            options["Own"]![0]!["NextSigningKeys"] = new JsonArray("next");
        });
        world.Clock.Expire(ConfigurationWatch.Interval);
        await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count > 0 ? "taken" : null);
        var before = world.InformationSystem.Calls.Count;
        await Wait.ForAsync(() => world.InformationSystem.Calls.Count > before + 40);
        await stop.CancelAsync();
        var replies = (await Task.WhenAll(load)).SelectMany(answers => answers).ToList();

        replies.ShouldAllBe(reply => reply.Status == 200);
        var last = await world.AskAsync();
        (await SignerAsync(world, last)).ShouldBe(TestKeys.Sha256(next.Certificate));
        (await SignerAsync(world, replies[0])).ShouldBe(TestKeys.Sha256(TestKeys.Consumer.Certificate));

        // Checkpoints follow at once, and the old key says so.
        var checkpoint = await world.Consumer.Archive.CheckpointAsync(CancellationToken.None);
        CheckpointNote.Verify(checkpoint, next.Certificate.PublicKey.ExportSubjectPublicKeyInfo()).ShouldBeTrue();
        var change = (await TestWorld.FindAsync(world.Consumer, code: KeyChange.Code)).Single();
        KeyChange.Of(change.Entry)!.Verify(checkpoint.Origin, new LogKey(CheckpointAlgorithm.RsaPkcs1Sha256, TestKeys.Consumer.Certificate.PublicKey.ExportSubjectPublicKeyInfo())).ShouldBe(KeyChangeVerdict.Signed);
    }

    [Fact]
    public async Task Reload_BrokenChange_RaisesAnAlarmAndTheKeysStay()
    {
        await using var world = await TestWorld.StartAsync();

        Change(world, options => options["Keys"]!["next"] = new JsonObject { ["Certificate"] = TestKeys.Provider.CertificatePath, ["Key"] = TestKeys.Consumer.KeyPath });
        world.Clock.Expire(ConfigurationWatch.Interval);

        await Wait.ForAsync(async () => (await ReadyAsync(world)).Contains("key_key_pair", StringComparison.Ordinal) ? "the fault has a name" : null);
        (await world.AskAsync()).Status.ShouldBe(200);

        Change(world, options => ((JsonObject)options["Keys"]!).Remove("next"));
        await Wait.ForAsync(async () =>
        {
            world.Clock.Expire(ConfigurationWatch.Interval);
            return (await ReadyAsync(world)).Contains("key_key_pair", StringComparison.Ordinal) ? null : "mended";
        });
    }

    private static async Task<string> ReadyAsync(TestWorld world) =>
        (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready")))).Text;

    private static void Change(TestWorld world, Action<JsonObject> change)
    {
        var file = world.Folders.ConsumerConfiguration;
        var options = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(options);
        File.WriteAllText(file + ".new", options.ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task<string> SignerAsync(TestWorld world, HttpReply reply)
    {
        var request = (await TestWorld.FindAsync(world.Provider, messageId: reply.MessageId)).Single(entry => entry.Entry.Kind == EntryKind.Request).Entry;
        return Convert.ToHexStringLower(request.CertificateSha256.Span);
    }
}
