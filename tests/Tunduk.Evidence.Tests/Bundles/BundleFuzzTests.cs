using FsCheck;
using FsCheck.Fluent;
using Tunduk.Evidence.Bundles;
using Tunduk.Properties;

namespace Tunduk.Evidence.Tests.Bundles;

/// <summary>Bundles spoiled at random, by bytes of the ZIP file and by bytes of the files in it: never an exception, never "verifies" for other content.</summary>
public sealed class BundleFuzzTests
{
    private static readonly string[] Pieces = ["[", "{", "\"", "null", "1e999999", "-1", "99999999999999999999", "\\u0000", "\n", ",", "]", "}", "true", "AAAA"];
    private readonly TestLog log = new();

    [Fact]
    public async Task Verify_SpoiledAtRandom_NeverThrowsNeverVerifies()
    {
        byte[] bundle = await log.BundleAsync();
        BundleTrust trust = log.Trust();
        Dictionary<string, byte[]> files = TestLog.Unpack(bundle);
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            string name = BundleFormat.Files[random.Next(BundleFormat.Files.Count)];
            byte[] spoiled = Spoil(files[name], random);
            byte[] packed = TestLog.Pack(files.Select(file => file.Key == name ? KeyValuePair.Create(name, spoiled) : file));
            BundleReport inside = TestLog.Verify(packed, TestLog.Check(trust));
            byte[] outside = Spoil(bundle, random);
            BundleReport report = TestLog.Verify(outside, TestLog.Check(trust));

            // What verifies holds the very files: dates and attributes of the ZIP directory say nothing.
            return (!inside.Ok || spoiled.AsSpan().SequenceEqual(files[name])) && (!report.Ok || TestLog.Unpack(outside).All(file => file.Value.AsSpan().SequenceEqual(files[file.Key])));
        }).Hold(150);
    }

    private static byte[] Spoil(byte[] bytes, Random random)
    {
        List<byte> spoiled = [.. bytes];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(spoiled.Count + 1);
            int length = Math.Min(random.Next(1, 64), spoiled.Count - at);
            switch (random.Next(5))
            {
                case 0 when length > 0:
                    spoiled[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    spoiled.RemoveRange(at, length);
                    break;
                case 2:
                    spoiled.InsertRange(at, spoiled.GetRange(at, length));
                    break;
                case 3:
                    spoiled.InsertRange(at, System.Text.Encoding.ASCII.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    spoiled.RemoveRange(at, spoiled.Count - at);
                    break;
            }
        }

        return [.. spoiled];
    }
}
