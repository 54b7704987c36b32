"""Some three hundred forenames common in the United Kingdom, of many origins, to know a name by.

Those that are as often a word, a month or a place's name (Rose, Hope, May, Will) are left out: a title or a surname beside
them still tells.
"""

_LIST = """
aaron abdul abdullah abigail adam adebayo adrian aisha ajay alan albert alejandro alex alexander alexandra alfie alfred
ali alice alison amanda amelia amina amir amit amy anastasia andrea andrei andrew andrzej angela anil anita anjali ann anna
anne anthony antonio anwar arjun arthur arun asha asif ayesha barbara barry beata ben benjamin bernadette beth bethany
beverley bilal brenda brian bronwen callum cameron carl carlos carol caroline catherine charles charlie charlotte cheryl
chidi chinedu chloe chris christina christine christopher ciaran claire clare colin connor craig cristina daniel darren
david deborah deepak denise dennis derek diana diane dimitri dmitri dominic donald donna dorota dorothy douglas dylan
edward efua eileen elaine eleanor elena elizabeth ella ellen ellie emeka emily emma eric erin esther ethan eva evan evelyn
ewa fatima fatou femi ferdinand finlay fiona florence folake frances francis frederick gareth gary gavin gemma geoffrey
george georgia gerald gillian giuseppe glenn gloria gordon graham gregory gurpreet gwen hannah haroon harold harpreet harriet
harry hassan hassana helen henry huda hussain ian ibrahim ifeoma imran ines irene isaac isabel isabella isla ivan jack jacob
jacqueline jagdeep jake jakub james jamie jane janet janice jasmin jason jean jeffrey jennifer jeremy jessica jia jing
joan joanna joanne joe joel john jonathan jordan jose joseph joshua joyce juan judith julia julian julie justin kamal karen
karim karl katarzyna kate katherine kathleen katie kayode keith kelly kenneth kerry kevin khadija khalid kieran kimberley
krzysztof kumar kwame lakshmi laura lauren lee leila leon leonard lesley lewis liam linda lindsay lisa logan lorraine louis
louise lucas lucy luke lynn magdalena mahmoud malcolm manjit marcin marcus margaret maria mariam marie marilyn marion mark
martin mary maryam mateusz matthew maureen mei melanie melissa michael michal michelle mohamed mohammad mohammed mohan
mollie molly monica monika muhammad mustafa nadia nancy naomi natalia natalie natasha nathan neha neil ngozi niamh nicholas
nicola nigel nikhil nisha noah noor nora norman nuala obinna olamide oliver olivia olu oluwaseun omar oscar osman owen pablo
pamela patricia patrick paul paula pauline pawel penelope peter petra philip phillip phoebe piotr priya rachel rafael rahul
raj rajesh ralph ramesh rania raymond rebecca reuben rhiannon rhys richard rita robert roberta roger ronald rory rosemary roy
ruth ryan sabrina sadia saeed sally salma samantha samir samuel sana sandra sanjay sara sarah sean sebastian sergei shabana
shahid sharon sheila shirley shreya sian simon sinead siobhan sofia sophia sophie stacey stanley stephanie stephen steven
stewart stuart sunita suresh susan suzanne svetlana sylvia tanisha tariq tatiana teresa terence thandiwe theodore theresa
thomas tim timothy tina tomasz toby tony tracey tracy trevor usman valerie vanessa veronica victor vijay vikram vincent
vivian waleed walter wayne wei wendy william xin yasmin yuki yusuf yvonne zahra zainab zara zoe zofia zubair
"""

FORENAMES = frozenset(_LIST.split())
