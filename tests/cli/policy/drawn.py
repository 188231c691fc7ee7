"""A decision table as Camunda Modeler writes it: labels in Chinese, attributes of its own, a drawing."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
             xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
             xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
             xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/"
             xmlns:modeler="http://camunda.org/schema/modeler/1.0"
             xmlns:camunda="http://camunda.org/schema/1.0/dmn"
             xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0"
             id="Definitions_0k3x9qz" name="责任划分" namespace="http://camunda.org/schema/1.0/dmn"
             exporter="Camunda Modeler" exporterVersion="5.20.0"
             modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.21.0">
"""
_DRAWING = """  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape dmnElementRef="Decision_lead">
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
      <dmndi:DMNShape dmnElementRef="InputData_sector">
        <dc:Bounds height="45" width="125" x="187" y="257" />
      </dmndi:DMNShape>
      <dmndi:DMNEdge id="DMNEdge_1" dmnElementRef="InformationRequirement_1">
        <di:waypoint x="250" y="257" />
        <di:waypoint x="250" y="180" />
      </dmndi:DMNEdge>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""


def drawn(hit_policy: str = "FIRST", **changes: str) -> str:
    """Three rows on the sector and the hour, whose outputs are `lead` and `co_functions`. A change puts
    another cell in the place of `sector`, `hour` or `lead` of the first row."""
    first = {"sector": '"industry"', "hour": "&gt;= 22", "lead": '"ecology"', **changes}
    rows = [
        (first["sector"], first["hour"], first["lead"], '"public_security"'),
        ('"port","transport"', "-", '"port"', '["transport", "ecology"]'),
        ("", "", '"urban_management"', ""),
    ]
    if hit_policy == "UNIQUE":
        rows[2] = ('not("industry","port","transport")', *rows[2][1:])
    written = "".join(_row(at, row) for at, row in enumerate(rows, 1))
    return f"""{_HEAD}  <inputData id="InputData_sector" name="sector">
    <variable id="InformationItem_1" name="sector" typeRef="string" />
  </inputData>
  <decision id="Decision_lead" name="牵头部门" camunda:historyTimeToLive="180">
    <variable id="InformationItem_2" name="牵头部门" typeRef="string" />
    <informationRequirement id="InformationRequirement_1">
      <requiredInput href="#InputData_sector" />
    </informationRequirement>
    <decisionTable id="DecisionTable_1" hitPolicy="{hit_policy}">
      <input id="Input_1" label="类别" biodi:width="192" camunda:inputVariable="sector">
        <inputExpression id="InputExpression_1" typeRef="string">
          <text>sector</text>
        </inputExpression>
      </input>
      <input id="Input_2" label="发生时刻" biodi:width="150">
        <inputExpression id="InputExpression_2" typeRef="number" expressionLanguage="feel">
          <text>hour</text>
        </inputExpression>
      </input>
      <output id="Output_1" label="牵头" name="lead" typeRef="string" biodi:width="192">
        <outputValues id="UnaryTests_1">
          <text>"ecology","port","urban_management","magic"</text>
        </outputValues>
      </output>
      <output id="Output_2" label="协办" name="co_functions" typeRef="string" />
{written}    </decisionTable>
  </decision>
{_DRAWING}"""


def _row(number: int, cells: tuple[str, ...]) -> str:
    entries = "".join(
        f'        <{kind}Entry id="UnaryTests_{number}{at}">\n          <text>{cell}</text>\n'
        f"        </{kind}Entry>\n"
        for at, (kind, cell) in enumerate(zip(("input", "input", "output", "output"), cells, strict=True))
    )
    return (
        f'      <rule id="DecisionRule_{number}">\n        <description>第 {number} 行</description>\n'
        f"{entries}      </rule>\n"
    )
