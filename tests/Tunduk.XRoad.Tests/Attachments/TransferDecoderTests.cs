using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Tests.Attachments;

public sealed class TransferDecoderTests
{
    [Theory]
    [InlineData("7bit", "a=3D", "a=3D")]
    [InlineData("base64", "aGVs\r\nbG8=\r\n", "hello")]
    [InlineData("quoted-printable", "a=3Db=\r\nc=c3=A9", "a=bc\u00c3\u00a9")]
    public void TryDecode_AnyPieces_GivesTheContent(string encoding, string text, string expected)
    {
        for (int step = 1; step <= text.Length; step++)
        {
            Decode(encoding, Encoding.ASCII.GetBytes(text), step).ShouldBe(Encoding.Latin1.GetBytes(expected));
        }
    }

    [Theory]
    [InlineData("base64", "aGVsb")]
    [InlineData("base64", "aG*s")]
    [InlineData("base64", "aGU=aGVs")]
    [InlineData("base64", "====")]
    [InlineData("quoted-printable", "a=")]
    [InlineData("quoted-printable", "a=4")]
    [InlineData("quoted-printable", "a=ZZ")]
    [InlineData("quoted-printable", "a=\nbc")]
    public void TryDecode_BrokenContent_IsRefused(string encoding, string text)
    {
        for (int step = 1; step <= text.Length; step++)
        {
            Decode(encoding, Encoding.ASCII.GetBytes(text), step).ShouldBeNull();
        }
    }

    [Fact]
    public void TryCreate_UnknownEncoding_IsRefused()
    {
        TransferDecoder.TryCreate("x-uuencode", out _, out ProtocolFault fault).ShouldBeFalse();
        fault.Reason.ShouldBe("transfer-encoding");
    }

    [Fact]
    public void TryDecode_Base64OfAnyBytes_RoundTrips() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (bytes, step) =>
        {
            string text = Convert.ToBase64String(bytes ?? [], Base64FormattingOptions.InsertLineBreaks);
            return Decode("base64", Encoding.ASCII.GetBytes(text), step.Get)!.AsSpan().SequenceEqual(bytes ?? []);
        }).Hold();

    private static byte[]? Decode(string encoding, byte[] text, int step)
    {
        TransferDecoder.TryCreate(encoding, out TransferDecoder? decoder, out _).ShouldBeTrue();
        ArrayBufferWriter<byte> output = new();
        for (int i = 0; i < text.Length; i += step)
        {
            if (!decoder.TryDecode(text.AsSpan(i, Math.Min(step, text.Length - i)), output, out _))
            {
                return null;
            }
        }

        return decoder.TryFinish(out _) ? output.WrittenSpan.ToArray() : null;
    }
}
