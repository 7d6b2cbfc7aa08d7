using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

public class SecretNamesTests
{
    [Theory]
    [InlineData("clientid", true)]
    [InlineData("Client-Id", true)]
    [InlineData("secret", true)]
    [InlineData("x_api_key", true)]
    [InlineData("X-Auth-Token", true)]
    [InlineData("token", true)]
    [InlineData("Пароль", true)]
    [InlineData("Authorization", true)]
    [InlineData("passportNumber", false)]
    [InlineData("secretary", true)]
    [InlineData("authority", false)]
    [InlineData("pin", false)]
    [InlineData("", false)]
    public void IsSecret_Name_IsRecognisedWithoutSeparatorsAndCase(string name, bool secret) => SecretNames.IsSecret(name).ShouldBe(secret);

    [Fact]
    public void Show_LastName_Decides()
    {
        SecretNames.Show("request/secret", "v").ShouldBe("***");
        SecretNames.Show("secret/surname", "v").ShouldBe("v");
    }
}
