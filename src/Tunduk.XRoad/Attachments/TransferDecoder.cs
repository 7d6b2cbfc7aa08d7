using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Attachments;

/// <summary>
/// Undoes a part's Content-Transfer-Encoding piece by piece (RFC 2045 §6): identity, base64, quoted-printable. Digests are computed
/// over decoded content, so that a change of encoding on the way does not change them.
/// </summary>
public sealed class TransferDecoder
{
    private readonly Encoding _encoding;
    private readonly byte[] _held = new byte[4];
    private int _heldLength;
    private bool _padded;

    private TransferDecoder(Encoding encoding) => _encoding = encoding;

    private enum Encoding
    {
        Identity,
        Base64,
        QuotedPrintable,
    }

    /// <summary>False for an encoding that is none of RFC 2045's.</summary>
    public static bool TryCreate(string transferEncoding, [NotNullWhen(true)] out TransferDecoder? decoder, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        decoder = transferEncoding switch
        {
            "7bit" or "8bit" or "binary" => new TransferDecoder(Encoding.Identity),
            "base64" => new TransferDecoder(Encoding.Base64),
            "quoted-printable" => new TransferDecoder(Encoding.QuotedPrintable),
            _ => null,
        };
        if (decoder is null)
        {
            fault = Fault("transfer-encoding", Phrases.Of("Attachments.7bit8bitBinaryBase64"), Phrases.Of("Attachments.AnotherEncoding"));
        }

        return decoder is not null;
    }

    /// <summary>Decodes a piece; what cannot be decoded yet is held (at most three bytes).</summary>
    public bool TryDecode(ReadOnlySpan<byte> piece, IBufferWriter<byte> output, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        switch (_encoding)
        {
            case Encoding.Identity:
                output.Write(piece);
                return true;
            case Encoding.Base64:
                return TryBase64(piece, output, out fault);
            default:
                return TryQuotedPrintable(piece, output, out fault);
        }
    }

    /// <summary>To be called at the end of the part: whether the content was complete.</summary>
    public bool TryFinish(out ProtocolFault fault)
    {
        // A soft line break may end a quoted-printable text; half a base64 group or escape may not.
        bool complete = _heldLength == 0;
        fault = complete ? ProtocolFault.None : Fault("transfer-encoding", Phrases.Of("Attachments.CompleteLastGroup"), Phrases.Of("Attachments.Half"));
        return complete;
    }

    private static ProtocolFault Fault(string reason, string expected, string found) =>
        new(reason, XRoadFaultCode.MimeParsingFailed, "part/Content-Transfer-Encoding", expected, found);

    private bool TryBase64(ReadOnlySpan<byte> piece, IBufferWriter<byte> output, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        byte[] groups = ArrayPool<byte>.Shared.Rent(piece.Length + 4);
        try
        {
            _held.AsSpan(0, _heldLength).CopyTo(groups);
            int length = _heldLength;
            foreach (byte b in piece)
            {
                if (b is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t'))
                {
                    groups[length++] = b;
                }
            }

            int whole = length & ~3;
            _heldLength = length - whole;
            groups.AsSpan(whole, _heldLength).CopyTo(_held);
            if (whole == 0)
            {
                return true;
            }

            // Padding ends the content: another group after it is not base64 (RFC 4648 §3.5).
            Span<byte> target = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(whole));
            if (_padded || Base64.DecodeFromUtf8(groups.AsSpan(0, whole), target, out int consumed, out int written) != OperationStatus.Done || consumed != whole)
            {
                fault = Fault("transfer-encoding", "base64", Phrases.Of("Attachments.OtherCharacters"));
                return false;
            }

            _padded = groups[whole - 1] == '=';
            output.Advance(written);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(groups, clearArray: true);
        }
    }

    private bool TryQuotedPrintable(ReadOnlySpan<byte> piece, IBufferWriter<byte> output, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        Span<byte> target = output.GetSpan(piece.Length + 4);
        int written = 0;
        foreach (byte b in piece)
        {
            if (_heldLength == 0 && b != '=')
            {
                target[written++] = b;
                continue;
            }

            _held[_heldLength++] = b;
            if (_heldLength < 3)
            {
                continue;
            }

            _heldLength = 0;
            if (_held[1] == '\r' && _held[2] == '\n')
            {
                continue;
            }

            if (!Utf8Parser.TryParse(_held.AsSpan(1, 2), out byte value, out int consumed, 'x') || consumed != 2)
            {
                fault = Fault("transfer-encoding", "quoted-printable", Phrases.Of("Attachments.BrokenEscape"));
                return false;
            }

            target[written++] = value;
        }

        output.Advance(written);
        return true;
    }
}
