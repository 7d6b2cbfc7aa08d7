namespace Tunduk.XRoad.Soap;

/// <summary>The parts of one identifier while it is read, and which parts each header may have, in order (PR-MESS 2.1).</summary>
internal struct SoapIdentifierParts
{
    public static readonly string[] ClientParts = ["xRoadInstance", "memberClass", "memberCode", "subsystemCode"];
    public static readonly string[] ServiceParts = ["xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion"];
    public static readonly string[] ServerParts = ["xRoadInstance", "memberClass", "memberCode", "serverCode"];
    public static readonly string[] PartyParts = ["partyClass", "partyCode"];

    public string? Instance;
    public string? Class;
    public string? Code;
    public string? Subsystem;
    public string? Service;
    public string? Version;
    public string? Server;
    public string? PartyClass;
    public string? PartyCode;

    public void Set(string name, string value)
    {
        switch (name)
        {
            case "xRoadInstance":
                Instance = value;
                break;
            case "memberClass":
                Class = value;
                break;
            case "memberCode":
                Code = value;
                break;
            case "subsystemCode":
                Subsystem = value;
                break;
            case "serviceCode":
                Service = value;
                break;
            case "serviceVersion":
                Version = value;
                break;
            case "serverCode":
                Server = value;
                break;
            case "partyClass":
                PartyClass = value;
                break;
            default:
                PartyCode = value;
                break;
        }
    }
}
