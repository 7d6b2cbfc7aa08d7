using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Rest;

/// <summary>The X-Road headers of one REST request (PR-REST 4.3). A null is an absent header.</summary>
public sealed record RestHeaders
{
    /// <summary>Mandatory.</summary>
    public required ClientId Client { get; init; }

    /// <summary>Null: absent, and made by <see cref="NewId"/> or by the security server.</summary>
    public string? Id { get; init; }

    public string? UserId { get; init; }

    public string? Issue { get; init; }

    public SecurityServerId? SecurityServer { get; init; }

    public RepresentedParty? RepresentedParty { get; init; }

    /// <summary>
    /// Reads them from (name, value) pairs in wire order. X-Road-Client given twice: the last wins, as at a security server; any
    /// other X-Road header given twice is refused. Other headers are ignored.
    /// </summary>
    public static bool TryRead(
        IEnumerable<KeyValuePair<string, string>> headers,
        IdentifierRules rules,
        [NotNullWhen(true)] out RestHeaders? result,
        out ProtocolFault fault)
    {
        result = null;
        fault = ProtocolFault.None;
        string? client = null, id = null, userId = null, issue = null, server = null, party = null;
        foreach ((string name, string value) in headers)
        {
            if (name.Equals(RestHeaderNames.Client, StringComparison.OrdinalIgnoreCase))
            {
                client = value;
            }
            else if (!(Take(name, value, RestHeaderNames.Id, ref id, ref fault)
                && Take(name, value, RestHeaderNames.UserId, ref userId, ref fault)
                && Take(name, value, RestHeaderNames.Issue, ref issue, ref fault)
                && Take(name, value, RestHeaderNames.SecurityServer, ref server, ref fault)
                && Take(name, value, RestHeaderNames.RepresentedParty, ref party, ref fault)))
            {
                return false;
            }
        }

        if (client is null)
        {
            fault = new ProtocolFault("rest-client-missing", XRoadFaultCode.InvalidClientIdentifier, RestHeaderNames.Client, "instance/class/member[/subsystem]", Phrases.Of("Rest.NoHeader"));
            return false;
        }

        if (!ClientId.TryParseEncoded(client, rules, out ClientId clientId, out IdentifierFault wrong))
        {
            fault = ProtocolFault.Of(wrong, XRoadFaultCode.InvalidClientIdentifier, RestHeaderNames.Client);
            return false;
        }

        SecurityServerId serverId = default;
        if (server is not null && !SecurityServerId.TryParseEncoded(server, rules, out serverId, out wrong))
        {
            fault = ProtocolFault.Of(wrong, XRoadFaultCode.BadRequest, RestHeaderNames.SecurityServer);
            return false;
        }

        RepresentedParty represented = default;
        if (party is not null && !Identifiers.RepresentedParty.TryParseEncoded(party, rules, out represented, out wrong))
        {
            fault = ProtocolFault.Of(wrong, XRoadFaultCode.BadRequest, RestHeaderNames.RepresentedParty);
            return false;
        }

        result = new RestHeaders
        {
            Client = clientId,
            Id = id,
            UserId = userId,
            Issue = issue,
            SecurityServer = server is null ? null : serverId,
            RepresentedParty = party is null ? null : represented,
        };
        return true;
    }

    /// <summary>The headers to send, in the order of the fields; identifiers percent-encoded.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToHeaders()
    {
        yield return new(RestHeaderNames.Client, Client.ToEncodedString());
        if (Id is not null)
        {
            yield return new(RestHeaderNames.Id, Id);
        }

        if (UserId is not null)
        {
            yield return new(RestHeaderNames.UserId, UserId);
        }

        if (Issue is not null)
        {
            yield return new(RestHeaderNames.Issue, Issue);
        }

        if (SecurityServer is { } server)
        {
            yield return new(RestHeaderNames.SecurityServer, server.ToEncodedString());
        }

        if (RepresentedParty is { } party)
        {
            yield return new(RestHeaderNames.RepresentedParty, party.ToEncodedString());
        }
    }

    /// <summary>A new message id as a security server makes it, <c>{INSTANCE}-{uuid}</c>, from the system's random source.</summary>
    public static string NewId(string instance) => $"{instance}-{NewUuid()}";

    /// <summary>A version 4 UUID (RFC 9562 §5.4) from the system's random source.</summary>
    public static string NewUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    /// <summary>Names only: users and bases have no place in a log.</summary>
    public override string ToString() => $"from {Client}";

    private static bool Take(string name, string value, string wanted, ref string? slot, ref ProtocolFault fault)
    {
        if (!name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (slot is not null)
        {
            fault = new ProtocolFault("rest-header-duplicate", XRoadFaultCode.DuplicateHeaderField, wanted, Phrases.Of("Rest.Header"), Phrases.Of("Rest.Two"));
            return false;
        }

        if (value.Length > SoapHeaders.MaxValueLength || XmlText.IndexOfControl(value) >= 0)
        {
            fault = new ProtocolFault("rest-header-value", XRoadFaultCode.BadRequest, wanted, Phrases.Of("Rest.MostCharactersWithoutControls", SoapHeaders.MaxValueLength), Phrases.Of("Rest.Characters", value.Length));
            return false;
        }

        slot = value;
        return true;
    }
}
