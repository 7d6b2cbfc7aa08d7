using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// The values of the X-Road headers of one message (PR-MESS 2.2). What a message must have is checked by the reader and by
/// <see cref="Validate"/>; a null is an absent header, an empty string one that stood there empty.
/// </summary>
public sealed record SoapHeaders
{
    /// <summary>Longest id, userId or issue accepted, in characters.</summary>
    public const int MaxValueLength = 4000;

    /// <summary>Mandatory.</summary>
    public required ClientId Client { get; init; }

    /// <summary>Mandatory in requests.</summary>
    public required ServiceId? Service { get; init; }

    /// <summary>Mandatory; a UUID for requests made here.</summary>
    public required string Id { get; init; }

    public string? UserId { get; init; }

    /// <summary>The basis of the request, as members use it.</summary>
    public string? Issue { get; init; }

    /// <summary>Begins with <c>4.</c>; 4.0 by default.</summary>
    public string ProtocolVersion { get; init; } = "4.0";

    public RepresentedParty? RepresentedParty { get; init; }

    /// <summary>The provider's security server the client insists on.</summary>
    public SecurityServerId? SecurityServer { get; init; }

    public SecurityToken? SecurityToken { get; init; }

    /// <summary>Responses only.</summary>
    public RequestHash? RequestHash { get; init; }

    /// <summary>The order in which the headers stood, so that a response can repeat it; empty: the order of <see cref="SoapHeaderName"/>.</summary>
    public ImmutableArray<SoapHeaderName> Order { get; init; } = [];

    public bool Has(SoapHeaderName name) => name switch
    {
        SoapHeaderName.Client => true,
        SoapHeaderName.Service => Service is not null,
        SoapHeaderName.SecurityServer => SecurityServer is not null,
        SoapHeaderName.Id => true,
        SoapHeaderName.UserId => UserId is not null,
        SoapHeaderName.Issue => Issue is not null,
        SoapHeaderName.ProtocolVersion => true,
        SoapHeaderName.RepresentedParty => RepresentedParty is not null,
        SoapHeaderName.SecurityToken => SecurityToken is not null,
        _ => RequestHash is not null,
    };

    /// <summary>The headers that are present, in <see cref="Order"/>; what the order does not name comes after it.</summary>
    public IEnumerable<SoapHeaderName> Present()
    {
        foreach (SoapHeaderName name in Order)
        {
            if (Has(name))
            {
                yield return name;
            }
        }

        for (SoapHeaderName name = SoapHeaderName.Client; name <= SoapHeaderName.RequestHash; name++)
        {
            if (Has(name) && !Order.Contains(name))
            {
                yield return name;
            }
        }
    }

    /// <summary>
    /// The flat list that a signature repeats in its own block: one (name, value) for each header that is present, always in the
    /// order of <see cref="SoapHeaderName"/> and never with requestHash, so that both sides compute the same from the same message.
    /// Values: identifiers in slash form (a service of a member with an empty place for the subsystem); representedParty
    /// <c>[class/]code</c>; id, userId, issue, protocolVersion exactly as the XML text; securityToken
    /// <c>type sha-512:base64</c>, without a type <c>sha-512:base64</c>, over UTF-8 of the token, since a token must not be copied to where
    /// nobody expects one.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToSignedValues()
    {
        List<KeyValuePair<string, string>> values = new(9) { new("client", Client.ToString()) };
        Add("service", Service?.ToString());
        Add("securityServer", SecurityServer?.ToString());
        Add("id", Id);
        Add("userId", UserId);
        Add("issue", Issue);
        Add("protocolVersion", ProtocolVersion);
        Add("representedParty", RepresentedParty?.ToString());
        if (SecurityToken is { } token)
        {
            Add("securityToken", $"{(token.TokenType is { } type ? type + " " : "")}sha-512:{Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(token.Value)))}");
        }

        return values;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                values.Add(new KeyValuePair<string, string>(name, value));
            }
        }
    }

    /// <summary>
    /// Whether these values can be sent: an id, protocol version 4, and only characters that survive every hand on the way. Values
    /// that came in are not asked this; values that go out are.
    /// </summary>
    public ProtocolFault Validate()
    {
        if (Client.IsDefault)
        {
            return new ProtocolFault("header-missing", XRoadFaultCode.MissingHeaderField, "Header/client", Phrases.Of("Soap.Client"), Phrases.Of("Soap.None"));
        }

        if (string.IsNullOrEmpty(Id))
        {
            return new ProtocolFault("header-missing", XRoadFaultCode.MissingHeaderField, "Header/id", Phrases.Of("Soap.Id"), Phrases.Of("Soap.None"));
        }

        if (ProtocolVersion is null || !ProtocolVersion.StartsWith("4.", StringComparison.Ordinal))
        {
            return new ProtocolFault("protocol-version", XRoadFaultCode.InvalidProtocolVersion, "Header/protocolVersion", "4.0", Phrases.Of("Soap.AnotherVersion"));
        }

        ProtocolFault fault = Check("id", Id);
        fault = fault.IsNone ? Check("userId", UserId) : fault;
        fault = fault.IsNone ? Check("issue", Issue) : fault;
        fault = fault.IsNone ? Check("protocolVersion", ProtocolVersion) : fault;
        fault = fault.IsNone ? Check("securityToken/@tokenType", SecurityToken?.TokenType) : fault;
        return fault.IsNone && SecurityToken is { } token ? Check("securityToken", token.Value, 65_536) : fault;
    }

    /// <summary>Names only: users, bases and tokens have no place in a log.</summary>
    public override string ToString() => $"{Client} -> {Service}";

    private static ProtocolFault Check(string name, string? value, int most = MaxValueLength)
    {
        if (value is null)
        {
            return ProtocolFault.None;
        }

        if (value.Length > most)
        {
            return new ProtocolFault("header-too-long", XRoadFaultCode.InvalidXml, $"Header/{name}", Phrases.Of("Soap.MostCharacters", most), Phrases.Of("Soap.Characters", value.Length));
        }

        int at = XmlText.IndexOfControl(value);
        return at < 0
            ? ProtocolFault.None
            : new ProtocolFault("header-control-character", XRoadFaultCode.InvalidXml, $"Header/{name}", Phrases.Of("Soap.NoControlCharacters"), Phrases.Of("Soap.Position", at));
    }
}
