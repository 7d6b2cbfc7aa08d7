namespace Tunduk.Adapter.Sandbox;

/// <summary>The invented participants of instance <c>sandbox</c>. Nothing here exists outside this machine.</summary>
internal static class SandboxNames
{
    public const string Instance = "sandbox";
    public const string ProviderMember = "sandbox/GOV/70009001";
    public const string Provider = "sandbox/GOV/70009001/registry";
    public const string ProviderServer = "sandbox/GOV/70009001/ss1";
    public const string ConsumerMember = "sandbox/COM/60009001";
    public const string Consumer = "sandbox/COM/60009001/loans";
    public const string ConsumerServer = "sandbox/COM/60009001/ss1";
    public const string GetPerson = "sandbox/GOV/70009001/registry/getPerson/v1";
    public const string GetVehicles = "sandbox/GOV/70009001/registry/getVehicles/v1";
    public const string Persons = "sandbox/GOV/70009001/registry/persons";
    public const string PersonsAlias = "persons";
    public const string PersonsFile = "sandbox_GOV_70009001_registry_persons.yaml";
}
