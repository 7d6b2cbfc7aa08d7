using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Tunduk.Adapter.SecurityServers;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>Envelopes of an information system that knows nothing of X-Road.</summary>
internal static class PlainEnvelope
{
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> bodyContent)
    {
        output.Write("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"u8);
        output.Write(bodyContent);
        output.Write("</soapenv:Body></soapenv:Envelope>"u8);
    }

    /// <summary>Reads an answer; header blocks of it are disregarded.</summary>
    public static bool TryRead(SecurityServerReply reply, [NotNullWhen(true)] out SoapMessage? message, [NotNullWhen(false)] out ExchangeError? error)
    {
        message = null;
        error = null;
        if (!SoapHttpRules.TryReadContentType(reply.ContentType, out var media, out var fault))
        {
            error = From(fault);
            return false;
        }

        var options = new SoapReaderOptions { Charset = reply.Multipart is { } multipart ? multipart.Charset : media["charset"], XRoadHeaders = false };
        if (!SoapMessage.TryRead(reply.Body, options, out message, out fault))
        {
            error = From(fault);
            return false;
        }

        return true;
    }

    private static ExchangeError From(ProtocolFault fault) =>
        new(ExchangeStage.Forward, ExchangeCodes.InformationSystemBroken) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found };
}
